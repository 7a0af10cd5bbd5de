"""The places of a session are counted by the database in the statement that takes or frees one.

The trigger keeps the session's counters, and `places_held_within_capacity` on the session
refuses one place too many, whatever code, console or script tried to take it. The update of
the session's row also makes two takers wait for each other.
"""

import pgtrigger

COUNT_PLACES = pgtrigger.Trigger(
    name="count_places",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("state") | pgtrigger.Delete,  # type: ignore[no-untyped-call]
    declare=[("held", "integer"), ("confirmed", "integer"), ("waiting", "integer")],
    func="""
        held := COALESCE((NEW.state IN ('offered', 'confirmed'))::integer, 0)
              - COALESCE((OLD.state IN ('offered', 'confirmed'))::integer, 0);
        confirmed := COALESCE((NEW.state = 'confirmed')::integer, 0)
                   - COALESCE((OLD.state = 'confirmed')::integer, 0);
        waiting := COALESCE((NEW.state = 'waitlisted')::integer, 0)
                 - COALESCE((OLD.state = 'waitlisted')::integer, 0);
        IF held <> 0 OR confirmed <> 0 OR waiting <> 0 THEN
            UPDATE training_trainingsession
               SET places_held = places_held + held,
                   places_confirmed = places_confirmed + confirmed,
                   people_waiting = people_waiting + waiting
             WHERE id = COALESCE(NEW.session_id, OLD.session_id);
        END IF;
        RETURN NULL;
    """,
)
