from training.tools.tokens import ALPHABET, public_reference, secret_token


def test_references_have_ten_characters_that_nobody_confuses():
    references = {public_reference() for _ in range(1000)}
    assert len(references) == 1000
    assert all(len(reference) == 10 and set(reference) <= set(ALPHABET) for reference in references)
    assert not set("ILOU") & set(ALPHABET)


def test_tokens_are_different_and_long():
    assert len({secret_token() for _ in range(100)}) == 100
    assert len(secret_token()) >= 43
