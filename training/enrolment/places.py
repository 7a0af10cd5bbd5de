"""The places of a session are counted by the database in the statement that takes or frees one.

A place comes out of exactly one purse: a quota, or the free pool of the session. The triggers
keep the counters of sessions and quotas, and the checks `places_held_within_capacity`,
`pool_and_quotas_within_capacity` and `quota_covers_what_is_held_and_given_on` refuse one place
too many, whatever code, console or script tried to take it. The update of the session's row
also makes two takers wait for each other.
"""

import pgtrigger

COUNT_PLACES = pgtrigger.Trigger(
    name="count_places",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "quota_id") | pgtrigger.Delete,  # type: ignore[no-untyped-call]
    declare=[
        ("was_held", "integer"),
        ("is_held", "integer"),
        ("from_pool", "integer"),
        ("confirmed", "integer"),
        ("waiting", "integer"),
        ("moves_between_quotas", "boolean"),
    ],
    func="""
        was_held := COALESCE((OLD.state IN ('offered', 'confirmed'))::integer, 0);
        is_held := COALESCE((NEW.state IN ('offered', 'confirmed'))::integer, 0);
        from_pool := CASE WHEN NEW.quota_id IS NULL THEN is_held ELSE 0 END
                   - CASE WHEN OLD.quota_id IS NULL THEN was_held ELSE 0 END;
        confirmed := COALESCE((NEW.state = 'confirmed')::integer, 0)
                   - COALESCE((OLD.state = 'confirmed')::integer, 0);
        waiting := COALESCE((NEW.state = 'waitlisted')::integer, 0)
                 - COALESCE((OLD.state = 'waitlisted')::integer, 0);
        IF is_held <> was_held OR from_pool <> 0 OR confirmed <> 0 OR waiting <> 0 THEN
            UPDATE training_trainingsession
               SET places_held = places_held + is_held - was_held,
                   places_from_pool = places_from_pool + from_pool,
                   places_confirmed = places_confirmed + confirmed,
                   people_waiting = people_waiting + waiting
             WHERE id = COALESCE(NEW.session_id, OLD.session_id);
        END IF;
        moves_between_quotas := NEW.quota_id IS DISTINCT FROM OLD.quota_id;
        IF was_held = 1 AND OLD.quota_id IS NOT NULL AND (is_held = 0 OR moves_between_quotas) THEN
            UPDATE training_quota SET places_held = places_held - 1 WHERE id = OLD.quota_id;
        END IF;
        IF is_held = 1 AND NEW.quota_id IS NOT NULL AND (was_held = 0 OR moves_between_quotas) THEN
            UPDATE training_quota SET places_held = places_held + 1
             WHERE id = NEW.quota_id AND session_id = NEW.session_id;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'A place of one session cannot come out of the quota of another.';
            END IF;
        END IF;
        RETURN NULL;
    """,
)

COUNT_QUOTAS = pgtrigger.Trigger(
    name="count_quotas",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("places") | pgtrigger.Delete,  # type: ignore[no-untyped-call]
    declare=[("more", "integer")],
    func="""
        more := COALESCE(NEW.places, 0) - COALESCE(OLD.places, 0);
        IF more <> 0 AND COALESCE(NEW.parent_id, OLD.parent_id) IS NULL THEN
            UPDATE training_trainingsession SET places_in_quotas = places_in_quotas + more
             WHERE id = COALESCE(NEW.session_id, OLD.session_id);
        ELSIF more <> 0 THEN
            UPDATE training_quota SET places_given_on = places_given_on + more
             WHERE id = COALESCE(NEW.parent_id, OLD.parent_id);
        END IF;
        RETURN NULL;
    """,
)

QUOTA_COUNTERS_ARE_KEPT = pgtrigger.Trigger(
    # A page that was opened before somebody took a place would write back what it had read.
    name="quota_counters_are_kept",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF pg_trigger_depth() = 1 THEN
            NEW.places_held = OLD.places_held;
            NEW.places_given_on = OLD.places_given_on;
        END IF;
        RETURN NEW;
    """,
)

COUNT_OVERBOOKED = pgtrigger.Trigger(
    name="count_overbooked",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    func="""
        UPDATE training_trainingsession SET places_overbooked = places_overbooked + NEW.places
         WHERE id = NEW.session_id;
        RETURN NULL;
    """,
)
