-- Double entry. Amounts are minor units; a balance is credits minus debits. The ledger has never heard of an invoice:
-- an entry names its cause by an execution's id and a reason, and that is all it knows.
create table ledger_accounts (
  id bigint generated always as identity primary key,
  kind text not null,
  merchant_id bigint references merchants (id),
  -- A wallet is the merchant's own, or that of one of its contacts.
  party_id bigint,
  provider text,
  currency text not null,
  created_at timestamptz not null,
  constraint ledger_accounts_id_currency_key unique (id, currency),
  constraint ledger_accounts_kind_known check (
    kind in (
      'wallet', 'wallet_held', 'clearing', 'platform_fees', 'gateway_fees', 'fx_fees', 'exchange_position', 'opening_equity'
    )
  ),
  -- Wallets are some merchant's, every other account is the platform's own.
  constraint ledger_accounts_owner check ((kind in ('wallet', 'wallet_held')) = (merchant_id is not null)),
  constraint ledger_accounts_party check (party_id is null or kind = 'wallet'),
  constraint ledger_accounts_provider check ((kind in ('clearing', 'gateway_fees')) = (provider is not null)),
  constraint ledger_accounts_currency_form check (currency ~ '^[A-Z]{3}$')
);
-- One account of each. Over expressions, because "is not distinct from" can use no index and this is looked up by every line.
create unique index ledger_accounts_key
  on ledger_accounts (kind, coalesce(merchant_id, 0), coalesce(party_id, 0), coalesce(provider, ''), currency);

-- What an operator may do to a wallet. Its id is its ledger account's.
create table wallets (
  merchant_id bigint not null,
  id bigint not null,
  party_id bigint,
  currency text not null,
  status text not null default 'ACTIVE',
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (id, merchant_id),
  constraint wallets_account foreign key (id, currency) references ledger_accounts (id, currency),
  constraint wallets_status_known check (status in ('ACTIVE', 'RESTRICTED', 'FROZEN', 'CLOSED'))
);
create unique index wallets_owner_key on wallets (merchant_id, coalesce(party_id, 0), currency);

-- Beside the accounts and not in them: a hot balance must not be the row that every foreign key looks at.
create table ledger_balances (
  account_id bigint primary key references ledger_accounts (id),
  balance_minor bigint not null,
  may_go_negative boolean not null,
  constraint ledger_balances_not_negative check (may_go_negative or balance_minor >= 0)
) with (fillfactor = 50);

create table ledger_entries (
  id bigint generated always as identity,
  merchant_id bigint not null,
  execution_id bigint,
  reason text not null,
  posted_at timestamptz not null,
  primary key (id, merchant_id),
  -- One execution is booked once for one reason, whoever asks how often.
  constraint ledger_entries_once unique (execution_id, merchant_id, reason),
  constraint ledger_entries_cause check (execution_id is not null or reason = 'wallets.opened')
);
-- What a merchant's wallets begin with is booked once.
create unique index ledger_entries_opening on ledger_entries (merchant_id) where execution_id is null;

create table ledger_postings (
  merchant_id bigint not null,
  entry_id bigint not null,
  line smallint not null,
  account_id bigint not null,
  side text not null,
  amount_minor bigint not null,
  currency text not null,
  primary key (entry_id, merchant_id, line),
  constraint ledger_postings_entry foreign key (merchant_id, entry_id) references ledger_entries (merchant_id, id),
  constraint ledger_postings_account foreign key (account_id, currency) references ledger_accounts (id, currency),
  constraint ledger_postings_side_known check (side in ('debit', 'credit')),
  constraint ledger_postings_amount_positive check (amount_minor > 0)
);
create index ledger_postings_account on ledger_postings (account_id, entry_id);

-- Every account has a balance from its first moment, and every wallet a status.
create function ledger_open_balance() returns trigger
language plpgsql as $$
begin
  insert into ledger_balances (account_id, balance_minor, may_go_negative)
  values (new.id, 0, new.kind not in ('wallet', 'wallet_held'));
  if new.kind = 'wallet' then
    insert into wallets (merchant_id, id, party_id, currency, created_at, updated_at)
    values (new.merchant_id, new.id, new.party_id, new.currency, new.created_at, new.created_at);
  end if;
  return null;
end
$$;
create trigger ledger_accounts_open_balance
  after insert on ledger_accounts
  for each row execute function ledger_open_balance();

-- Whatever statement inserts postings, each entry in it must balance in each currency on its own, and the balances follow
-- in the same statement. So no committed state can hold an unbalanced entry or a balance unlike the sum of its postings.
create function ledger_apply_postings() returns trigger
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off
set plan_cache_mode = force_generic_plan as $$
declare
  lopsided bigint;
begin
  select entry_id into lopsided
  from new_postings
  group by merchant_id, entry_id, currency
  having sum(case side when 'debit' then amount_minor else -amount_minor end) <> 0
  limit 1;
  if found then
    raise exception 'ledger entry % does not balance', lopsided
      using errcode = 'check_violation', constraint = 'ledger_postings_balanced';
  end if;

  -- Locked in account order: two entries meeting the same accounts from opposite ends would deadlock.
  perform 1
  from (select distinct account_id from new_postings) moved
  join ledger_balances b on b.account_id = moved.account_id
  order by b.account_id
  for no key update of b;

  update ledger_balances b
  set balance_minor = b.balance_minor + moved.delta_minor
  from (
    select account_id, sum(case side when 'credit' then amount_minor else -amount_minor end) as delta_minor
    from new_postings
    group by account_id
  ) moved
  where b.account_id = moved.account_id;
  return null;
end
$$;
create trigger ledger_postings_apply
  after insert on ledger_postings
  referencing new table as new_postings
  for each statement execute function ledger_apply_postings();

-- History is never changed: a mistake is reversed by another entry. Balances move only from inside the trigger above.
create function ledger_refuse_change() returns trigger
language plpgsql as $$
begin
  raise exception '% on % is refused: the ledger is append-only', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation', constraint = 'ledger_append_only';
end
$$;
create trigger ledger_entries_append_only
  before update or delete or truncate on ledger_entries
  for each statement execute function ledger_refuse_change();
create trigger ledger_postings_append_only
  before update or delete or truncate on ledger_postings
  for each statement execute function ledger_refuse_change();
-- An account with a history is what it is: changing its owner would make that history somebody else's.
create trigger ledger_accounts_fixed
  before update or delete or truncate on ledger_accounts
  for each statement execute function ledger_refuse_change();
create trigger ledger_balances_written_by_postings
  before insert or update on ledger_balances
  for each statement when (pg_trigger_depth() = 0) execute function ledger_refuse_change();
create trigger ledger_balances_kept
  before delete or truncate on ledger_balances
  for each statement execute function ledger_refuse_change();

-- An entry and its lines on their way in. `entry` counts the entries of one call; lines say which of them they belong to.
create type ledger_entry_draft as (entry integer, merchant_id bigint, execution_id bigint, reason text);
create type ledger_line_draft as (
  entry integer, kind text, merchant_id bigint, party_id bigint, provider text, currency text, side text, amount_minor bigint
);

-- Locks what these lines would move, before anyone judges whether they may: in account order, like the trigger above. Accounts
-- that do not exist yet are nobody else's to touch.
create function ledger_lock(lines ledger_line_draft[]) returns void
language sql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off
set plan_cache_mode = force_generic_plan as $$
  select 1
  from (
    select distinct a.id
    from unnest(lines) l
    join ledger_accounts a
      on a.kind = l.kind
      and coalesce(a.merchant_id, 0) = coalesce(l.merchant_id, 0)
      and coalesce(a.party_id, 0) = coalesce(l.party_id, 0)
      and coalesce(a.provider, '') = coalesce(l.provider, '')
      and a.currency = l.currency
  ) account
  join ledger_balances b on b.account_id = account.id
  order by b.account_id
  for no key update of b
$$;

-- Posts entries with their lines: the only way money moves. One call takes any number of entries. Accounts are opened by
-- their first posting.
create function ledger_post(entries ledger_entry_draft[], lines ledger_line_draft[], at timestamptz) returns void
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off
set plan_cache_mode = force_generic_plan as $$
begin
  if exists (select 1 from unnest(entries) e where not exists (select 1 from unnest(lines) l where l.entry = e.entry)) then
    raise exception 'a ledger entry without lines' using errcode = 'check_violation', constraint = 'ledger_entries_lines';
  end if;

  insert into ledger_accounts (kind, merchant_id, party_id, provider, currency, created_at)
  select distinct l.kind, l.merchant_id, l.party_id, l.provider, l.currency, at
  from unnest(lines) l
  where not exists (
    select 1
    from ledger_accounts a
    where a.kind = l.kind
      and coalesce(a.merchant_id, 0) = coalesce(l.merchant_id, 0)
      and coalesce(a.party_id, 0) = coalesce(l.party_id, 0)
      and coalesce(a.provider, '') = coalesce(l.provider, '')
      and a.currency = l.currency
  )
  order by l.kind, l.merchant_id, l.party_id, l.provider, l.currency
  on conflict do nothing;

  with draft as materialized (
    select e.entry, e.merchant_id, e.execution_id, e.reason, nextval('ledger_entries_id_seq') as id
    from unnest(entries) e
  ),
  entry as (
    insert into ledger_entries (id, merchant_id, execution_id, reason, posted_at)
    overriding system value
    select d.id, d.merchant_id, d.execution_id, d.reason, at
    from draft d
  )
  insert into ledger_postings (merchant_id, entry_id, line, account_id, side, amount_minor, currency)
  select
    d.merchant_id, d.id, row_number() over (partition by d.id order by l.ordinality), a.id, l.side, l.amount_minor, l.currency
  from unnest(lines) with ordinality as l (
    entry, kind, merchant_id, party_id, provider, currency, side, amount_minor, ordinality
  )
  join draft d on d.entry = l.entry
  join ledger_accounts a
    on a.kind = l.kind
    and coalesce(a.merchant_id, 0) = coalesce(l.merchant_id, 0)
    and coalesce(a.party_id, 0) = coalesce(l.party_id, 0)
    and coalesce(a.provider, '') = coalesce(l.provider, '')
    and a.currency = l.currency;
end
$$;
