// Written by "npm run generate" from server/openapi.json. Change the routes, not this file.

export interface paths {
    "/v1/jwt/client/obtain/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a token
         * @description Send it as `Authorization: Bearer` with every other call. `expires_in` is in minutes; renew it when fewer than five are left. Older tokens stay good until they expire.
         */
        post: operations["client_obtain_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/parties/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a contact
         * @description The same phone may be used by several contacts.
         */
        post: operations["create_party"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/parties/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List contacts
         * @description `fullname` matches a part of the name.
         */
        get: operations["list_parties"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/parties/retrieve/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fetch a contact */
        get: operations["retrieve_parties"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/counterparties/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say what a contact is to you
         * @description Without a `party_id`, only `SELF`: you yourself.
         */
        post: operations["create_counterparty"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/counterparties/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List counterparties */
        get: operations["list_counterparties"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/counterparties/retrieve/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fetch a counterparty and its contact */
        get: operations["retrieve_counterparties"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/counterparties/update/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change a counterparty
         * @description What is left out or null stays as it is.
         */
        put: operations["update_counterparty"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invoices/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Draft an invoice
         * @description It has a number at once. Add lines, then publish it.
         */
        post: operations["create_invoice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invoices/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List invoices
         * @description Newest first.
         */
        get: operations["list_invoice"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invoices/retrieve/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fetch an invoice with its lines */
        get: operations["retrieve_invoice_by_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invoices/retrieve/number/{invoice_number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fetch an invoice by its number */
        get: operations["retrieve_invoice_by_number"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invoices/update/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Edit a draft invoice
         * @description Only drafts, status `IDLE`, can be edited.
         */
        put: operations["update_invoice"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invoices/{invoice_id}/items/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add a line to an invoice
         * @description `amount` is the price of one. Only drafts, status `IDLE`, can be edited.
         */
        post: operations["add_invoice_item"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invoices/{invoice_id}/items/{id}/update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Edit a line of an invoice
         * @description Only drafts, status `IDLE`, can be edited.
         */
        put: operations["update_invoice_item"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invoices/{invoice_id}/items/{id}/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a line of an invoice
         * @description Only drafts, status `IDLE`, can be edited.
         */
        delete: operations["remove_invoice_item"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invoices/publish/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Publish an invoice
         * @description From now on it can be paid, and nobody can edit it. It takes no body.
         */
        put: operations["publish_invoice"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invoices/cancel/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Cancel an invoice
         * @description For good. While a payment is under way, and once it is paid, this is a 422.
         */
        delete: operations["cancel_invoice"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invoices/receipt/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Fetch the receipt of an invoice
         * @description Before the document is `PAID` the answer is 404.
         */
        get: operations["retrieve_invoice_receipt_by_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invoices/receipt/number/{invoice_number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Fetch a receipt by the invoice's number
         * @description Before the document is `PAID` the answer is 404.
         */
        get: operations["retrieve_invoice_receipt_by_number"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Draft an order
         * @description It has a number at once. Add lines, then publish it.
         */
        post: operations["create_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List orders
         * @description Newest first.
         */
        get: operations["list_order"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/retrieve/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fetch an order with its lines */
        get: operations["retrieve_order_by_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/retrieve/number/{order_number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fetch an order by its number */
        get: operations["retrieve_order_by_number"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/update/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Edit a draft order
         * @description Only drafts, status `IDLE`, can be edited.
         */
        put: operations["update_order"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{order_id}/items/add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add a line to an order
         * @description `amount` is the price of one. Only drafts, status `IDLE`, can be edited.
         */
        post: operations["add_order_item"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{order_id}/items/{id}/update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Edit a line of an order
         * @description Only drafts, status `IDLE`, can be edited.
         */
        put: operations["update_order_item"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{order_id}/items/{id}/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a line of an order
         * @description Only drafts, status `IDLE`, can be edited.
         */
        delete: operations["remove_order_item"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/publish/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Publish an order
         * @description From now on it can be paid, and nobody can edit it. It takes no body.
         */
        put: operations["publish_order"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/cancel/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Cancel an order
         * @description For good. While a payment is under way, and once it is paid, this is a 422.
         */
        delete: operations["cancel_order"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/receipt/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Fetch the receipt of an order
         * @description Before the document is `PAID` the answer is 404.
         */
        get: operations["retrieve_order_receipt_by_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/receipt/number/{order_number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Fetch a receipt by the order's number
         * @description Before the document is `PAID` the answer is 404.
         */
        get: operations["retrieve_order_receipt_by_number"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fees/gateway": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The payment network's fee */
        get: operations["get_gateway_fees"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fees/platform": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The platform's fee */
        get: operations["get_platform_fees"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fees/merchant-tier": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your fee tier */
        get: operations["get_merchant_fee_tier"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/fees/tiers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List fee tiers */
        get: operations["list_fee_tier"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/merchants/merchant-info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Your profile
         * @description The id is in your token, as `merchant_id`.
         */
        get: operations["get_merchant_info"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/checkouts/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a hosted checkout
         * @description Makes contact, counterparty and document, publishes the document and answers the `url` of its payment page. Lines have no `qty`. With `success_url` the payer comes back after paying; that proves nothing, so ask for the status of the document.
         */
        post: operations["create_checkout_source"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/links/pay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the address of a document's payment page
         * @description For a published document made with `as_payment_link: true`.
         */
        get: operations["get_payment_link"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/links/receipt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the address of a document's receipt
         * @description Before the document is `PAID` the answer is 404.
         */
        get: operations["get_receipt_link"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/predictions/amount-and-fees": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Quote an amount
         * @description Amounts are decimal strings. A quote is no promise: the execution computes with the rates of its moment.
         */
        get: operations["predict_amount_and_fee"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/predictions/payment-source/amount-and-fees": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Quote a published document */
        get: operations["predict_payment_source_amount_and_fee"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/predictions/mmo-provider-info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whose number a phone is */
        get: operations["predict_mmo_provider_info"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/predictions/card-provider-info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look a card up
         * @description `payment_method_id` is the card network's own token. Card numbers are refused everywhere.
         */
        get: operations["predict_card_provider_info"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/checkout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open a session to collect a document
         * @description For a published document. It lasts 30 minutes and is used once.
         */
        post: operations["create_checkout_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/payout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open a session to pay out
         * @description The wallet is the one in `currency`. It lasts 15 minutes. Merchants that are not verified get a 403.
         */
        post: operations["create_payout_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/transfer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open a session to move funds to another wallet
         * @description From your wallet to the wallet of a counterparty on this platform.
         */
        post: operations["create_transfer_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open a session to refund a collection
         * @description All of it or a part, in the currency the payer paid in. `original_payment_intent_id` is the `payment_intent_id` of the collection.
         */
        post: operations["create_refund_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payment-accounts/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register a wallet or a card of a contact
         * @description For a collection the account of who pays, for a payout the account of who is paid. Without `insensitive_account_number` it takes the phone of the contact. A card account pays once.
         */
        post: operations["create_payment_account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/executions/collection": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Charge the payer
         * @description Asks the payer's network, which asks the payer. The answer is rarely final: wait for an event, or ask for the status. Send the same body under the same `reference_id` as often as you like: it happens once, and the answer tells how it stands. Another body under that key is a 422. A refused call (4xx) does not use the key up.
         */
        post: operations["collect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/executions/payout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pay a beneficiary
         * @description Amount and fees leave the wallet at once and are held until the network has said what became of them. Too little in the wallet is an answer with status `FAILED` and a `wallet_message`. Send the same body under the same `reference_id` as often as you like: it happens once, and the answer tells how it stands. Another body under that key is a 422. A refused call (4xx) does not use the key up.
         */
        post: operations["payout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/executions/transfer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Move funds to the wallet of a counterparty
         * @description Final at once. Send the same body under the same `reference_id` as often as you like: it happens once, and the answer tells how it stands. Another body under that key is a 422. A refused call (4xx) does not use the key up.
         */
        post: operations["transfer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/executions/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a collection back
         * @description To the account that paid. Send the same body under the same `reference_id` as often as you like: it happens once, and the answer tells how it stands. Another body under that key is a 422. A refused call (4xx) does not use the key up.
         */
        post: operations["refund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/status/collection/{reference_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How a collection stands
         * @description A 404 says that no collection was ever made under this key.
         */
        get: operations["get_collection_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/status/payout/{reference_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How a payout stands */
        get: operations["get_payout_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/status/transfer/{reference_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How a transfer stands */
        get: operations["get_transfer_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/status/refund/{reference_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How a refund stands */
        get: operations["get_refund_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/executions/{reference_id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything that happened to an execution */
        get: operations["get_execution_timeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/executions/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List executions
         * @description Newest first.
         */
        get: operations["list_executions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/providers/availability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which networks are open */
        get: operations["get_providers_availability"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List your wallets */
        get: operations["list_wallets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{id}/statement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What moved in a wallet
         * @description Newest first.
         */
        get: operations["get_wallet_statement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what happened
         * @description Oldest first, from where you stopped: give the `next_after` of the page before as `after`. Without it from the first event; `latest` is the position of now. Complete and in order.
         */
        get: operations["list_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/{event_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fetch an event */
        get: operations["retrieve_event"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Name an address to be told at
         * @description The `secret` that deliveries are signed with is in this answer and in no other.
         */
        post: operations["create_webhook_endpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List webhook endpoints */
        get: operations["list_webhook_endpoints"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/retrieve/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fetch a webhook endpoint */
        get: operations["retrieve_webhook_endpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/update/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change a webhook endpoint
         * @description Also enables one again that was disabled.
         */
        put: operations["update_webhook_endpoint"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/delete/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete a webhook endpoint */
        delete: operations["delete_webhook_endpoint"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the secret of a webhook endpoint
         * @description For a while deliveries are signed with both, so that none is refused.
         */
        post: operations["rotate_webhook_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a webhook endpoint a test, now
         * @description The answer says what came back.
         */
        post: operations["test_webhook_endpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was sent to a webhook endpoint
         * @description Newest first.
         */
        get: operations["list_webhook_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-endpoints/{id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have events sent again
         * @description One, by `event_id`, or a range, by `after` and `until`.
         */
        post: operations["redeliver_webhooks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the calls you made
         * @description With bodies and warnings, without secrets. Newest first; after a position, oldest first.
         */
        get: operations["list_requests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/status/source": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How a document stands
         * @description What to ask before you deliver: `PAID` is the proof.
         */
        get: operations["get_payment_source_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/realtime-keys/collection": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a token to watch a payment
         * @description For a browser. `expires_in` is in seconds here. What arrives is a hint: ask for the status.
         */
        post: operations["get_collection_realtime_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/scenarios": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the payers and cards of the sandbox
         * @description Which phone or card brings about what.
         */
        get: operations["list_sandbox_scenarios"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the payments whose payer is being asked */
        get: operations["list_sandbox_payments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/payments/{reference_id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a payer approve */
        post: operations["approve_sandbox_payment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/payments/{reference_id}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a payer decline */
        post: operations["decline_sandbox_payment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/payments/{reference_id}/ignore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a payer do nothing */
        post: operations["ignore_sandbox_payment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/clock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What time it is in the sandbox */
        get: operations["get_sandbox_clock"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/clock/advance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let time pass
         * @description Sessions expire and what is due is done, as if that much time had gone by.
         */
        post: operations["advance_sandbox_clock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin anew
         * @description Everything that was made is gone.
         */
        post: operations["reset_sandbox"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/faults": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What goes wrong on purpose */
        get: operations["get_sandbox_faults"];
        /**
         * Make something go wrong on purpose
         * @description The next calls, or a share of all calls. The same seed brings the same calls to grief.
         */
        put: operations["set_sandbox_faults"];
        post?: never;
        /** Let everything go well again */
        delete: operations["clear_sandbox_faults"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Record what is called and what goes wrong */
        post: operations["start_sandbox_recording"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/recordings/{seed}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fetch a recording */
        get: operations["get_sandbox_recording"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sandbox/recordings/{seed}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let the same things go wrong again */
        post: operations["replay_sandbox_recording"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** AddInvoiceItemPayload */
        AddInvoiceItemPayload: {
            name: string;
            /**
             * Format: wallet-currency
             * @description ISO 4217 code of a currency with wallets here.
             */
            currency: string;
            /** @description How many. */
            qty: number;
            /** @description The price of one. Major units: at least 0.01, no finer than the currency. */
            amount: number;
        };
        /** AddOrderItemPayload */
        AddOrderItemPayload: {
            name: string;
            /**
             * Format: wallet-currency
             * @description ISO 4217 code of a currency with wallets here.
             */
            currency: string;
            /** @description How many. */
            qty: number;
            /** @description The price of one. Major units: at least 0.01, no finer than the currency. */
            amount: number;
        };
        /** AmountAndFeePredictionResponse */
        AmountAndFeePredictionResponse: {
            /**
             * Format: decimal
             * @description What the payer is charged. Decimal string.
             */
            payer_amount: string;
            /** @description The currency of `payer_amount`. */
            payer_currency: string;
            /**
             * Format: decimal
             * @description What the receiver gets. Decimal string.
             */
            payee_amount: string;
            /** @description The currency of `payee_amount`. */
            payee_currency: string;
            /**
             * Format: decimal
             * @description The platform's fee. Decimal string.
             */
            platform_fee: string;
            /** @description The currency of `platform_fee`. */
            platform_currency: string;
            /**
             * Format: decimal
             * @description The fee for converting; null when nothing is converted. Decimal string.
             */
            fx_fee: string | null;
            /**
             * Format: decimal
             * @description The payment network's fee. Decimal string.
             */
            gateway_fee: string | null;
            /** @description The currency of `gateway_fee`. */
            gateway_currency: string | null;
        };
        /** CheckoutExecutionPayload */
        CheckoutExecutionPayload: {
            /** @description The session. */
            session_id: string;
            /** @description The wallet or card that pays. */
            payment_account_id: string;
            /**
             * Format: iso4217
             * @description The currency the payer pays in. ISO 4217 code.
             */
            currency: string;
            /**
             * Format: uuid4
             * @description The key under which this happens once. Make it before the call, and keep it. UUID version 4.
             */
            reference_id: string;
        };
        /** CheckoutItem */
        CheckoutItem: {
            name: string;
            /**
             * Format: wallet-currency
             * @description ISO 4217 code of a currency with wallets here.
             */
            currency: string;
            /** @description How much. Major units: at least 0.01, no finer than the currency. */
            amount: number;
        };
        /** CheckoutSessionResponse */
        CheckoutSessionResponse: {
            /** @description System id. */
            id: number;
            /** @description The id of the invoice or order. System id. */
            source_id: number;
            /**
             * @description Whether it is an invoice or an order.
             * @enum {string}
             */
            source_type: "INVOICE" | "ORDER" | "SUBSCRIPTION";
            /** @enum {string} */
            status: "ACTIVE" | "PROCESSING" | "COMPLETED" | "FAILED" | "EXPIRED";
            /**
             * Format: date-time
             * @description Not usable after this time. ISO 8601; UTC when it names no offset.
             */
            expires_at: string;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
            /** @description The wallet or card that pays. System id. */
            payment_account_id: number | null;
        };
        /** ClientCredentialObtainTokenPayload */
        ClientCredentialObtainTokenPayload: {
            /** @description Your API client id. */
            client_id: string;
            /**
             * Format: password
             * @description Your API client secret. It was shown once.
             */
            client_secret: string;
        };
        /** CollectionRealtimeKeyPayload */
        CollectionRealtimeKeyPayload: {
            /** @description The session. System id. */
            session_id: number;
            /**
             * @description Whether it is an invoice or an order.
             * @enum {string}
             */
            source_type: "INVOICE" | "ORDER" | "SUBSCRIPTION";
            /**
             * Format: uuid4
             * @description The execution's key, which may not be used yet. UUID version 4.
             */
            reference_id: string;
        };
        /** CounterPartyResponse */
        CounterPartyResponse: {
            /** @description System id. */
            id: number;
            /**
             * @description What the contact is to you.
             * @enum {string}
             */
            relationship_type: "CUSTOMER" | "SUPPLIER" | "EMPLOYEE" | "BENEFICIARY" | "FRIEND" | "FAMILY" | "DONOR" | "DONEE" | "CONTACT" | "SERVICE_PROVIDER" | "PARTNER" | "SELF" | "OTHER";
            /** @description The contact. System id. */
            party_id: number;
            /** @enum {string} */
            owner_party_type: "USER" | "MICRO_ORGANIZATION" | "ORGANIZATION";
            /** @description System id. */
            owner_party_id: number;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
        };
        /** CounterPartyWithPartyResponse */
        CounterPartyWithPartyResponse: {
            /** @description System id. */
            id: number;
            /**
             * @description What the contact is to you.
             * @enum {string}
             */
            relationship_type: "CUSTOMER" | "SUPPLIER" | "EMPLOYEE" | "BENEFICIARY" | "FRIEND" | "FAMILY" | "DONOR" | "DONEE" | "CONTACT" | "SERVICE_PROVIDER" | "PARTNER" | "SELF" | "OTHER";
            /** @description The contact. System id. */
            party_id: number;
            /** @enum {string} */
            owner_party_type: "USER" | "MICRO_ORGANIZATION" | "ORGANIZATION";
            /** @description System id. */
            owner_party_id: number;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
            /** @description The contact. */
            party: components["schemas"]["PartyResponse"];
        };
        /** CreateCheckoutSessionPayload */
        CreateCheckoutSessionPayload: {
            /** @description The id of the invoice or order. System id. */
            source_id: number;
            /**
             * @description Whether it is an invoice or an order.
             * @enum {string}
             */
            source_type: "INVOICE" | "ORDER" | "SUBSCRIPTION";
        };
        /** CreateCheckoutSourceLinkResponse */
        CreateCheckoutSourceLinkResponse: {
            /** @description System id. */
            id: number;
            /** @description How the payer pays: `HOSTED` is on our page. */
            mode: string;
            /**
             * @description Whether it is an invoice or an order.
             * @enum {string}
             */
            source_type: "INVOICE" | "ORDER" | "SUBSCRIPTION";
            /** @description The id of the invoice or order. System id. */
            source_id: number;
            /** @description The number of the invoice or order. */
            source_number: string;
            /**
             * @description The status of the invoice or order.
             * @enum {string}
             */
            source_status: "IDLE" | "ACTIVE" | "PROCESSING" | "PAID" | "CANCELED";
            /** @description Who is billed. System id. */
            counterparty_id: number;
            /** @description The contact. System id. */
            party_id: number;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
            /** @description The sum of the lines. Major units, no finer than the currency. */
            total_amount: number;
            /** @description System id. */
            source_checkout_config_id: number;
            /** @description The address to open in a browser. */
            url: string;
            /** @description Your own reference, any text. */
            reference_id: string | null;
            /**
             * Format: date-time
             * @description When it is due. Later payments are taken. ISO 8601; UTC when it names no offset.
             */
            due_date: string | null;
            /**
             * Format: date-time
             * @description Not usable after this time. ISO 8601; UTC when it names no offset.
             */
            expires_at: string | null;
            /** @description Internal. Send payers to `url`. */
            hosted_path_or_token: string | null;
            /** @description Where to send the payer after paying, exactly as given. */
            success_url: string | null;
            /** @description Where to send a payer who gives up. */
            cancel_url: string | null;
        };
        /** CreateCheckoutSourceRequestPayload */
        CreateCheckoutSourceRequestPayload: {
            /** @description How the payer pays: `HOSTED` is on our page. */
            mode: string;
            /**
             * @description What to make: an invoice or an order.
             * @enum {string}
             */
            source_kind: "INVOICE" | "ORDER" | "SUBSCRIPTION";
            /**
             * Format: e164-no-plus
             * @description The payer's phone, under which an existing contact is found. Digits with country code, no plus sign.
             */
            party_phone: string;
            /**
             * Format: wallet-currency
             * @description ISO 4217 code of a currency with wallets here.
             */
            currency: string;
            /** @description The lines. */
            items: components["schemas"]["CheckoutItem"][];
            /** @description The payer's name. */
            party_name?: string | null;
            /** @description The payer's e-mail address. */
            party_email?: string | null;
            /**
             * @description What a new contact is to you.
             * @enum {string|null}
             */
            party_relationship?: "CUSTOMER" | "SUPPLIER" | "EMPLOYEE" | "BENEFICIARY" | "FRIEND" | "FAMILY" | "DONOR" | "DONEE" | "CONTACT" | "SERVICE_PROVIDER" | "PARTNER" | "SELF" | "OTHER" | null;
            /** @description Your own reference, any text. */
            reference_id?: string | null;
            /** @description What it is for. Payers read it. */
            note?: string | null;
            /**
             * Format: date-time
             * @description When it is due. Later payments are taken. ISO 8601; UTC when it names no offset.
             */
            due_date?: string | null;
            /**
             * Format: web-address
             * @description Where to send the payer after paying, exactly as given. An http or https address.
             */
            success_url?: string | null;
            /**
             * Format: web-address
             * @description Where to send a payer who gives up. An http or https address.
             */
            cancel_url?: string | null;
            /**
             * Format: date-time
             * @description Not usable after this time. ISO 8601; UTC when it names no offset.
             */
            expires_at?: string | null;
            /** @description An existing counterparty, instead of matching by phone. System id. */
            counterparty_id?: number | null;
        };
        /** CreateCounterPartyPayload */
        CreateCounterPartyPayload: {
            /**
             * @description What the contact is to you.
             * @enum {string}
             */
            relationship_type: "CUSTOMER" | "SUPPLIER" | "EMPLOYEE" | "BENEFICIARY" | "FRIEND" | "FAMILY" | "DONOR" | "DONEE" | "CONTACT" | "SERVICE_PROVIDER" | "PARTNER" | "SELF" | "OTHER";
            /** @description The contact. System id. */
            party_id?: number | null;
        };
        /** CreateInvoicePayload */
        CreateInvoicePayload: {
            /** @description Who is billed. System id. */
            counterparty_id: number;
            /**
             * Format: wallet-currency
             * @description ISO 4217 code of a currency with wallets here.
             */
            currency: string;
            /** @description What it is for. Payers read it. */
            note: string;
            /**
             * @description Who pays the fees: `PAYER` on top of the total, `PAYEE` out of it.
             * @enum {string}
             */
            fee_bearer: "PAYER" | "PAYEE";
            /** @description Whether it may be paid through a link. */
            as_payment_link: boolean;
            /** @description Your own reference, any text. */
            reference_id?: string | null;
            /**
             * Format: date-time
             * @description When it is due. Later payments are taken. ISO 8601; UTC when it names no offset.
             */
            due_date?: string | null;
        };
        /** CreateOrderPayload */
        CreateOrderPayload: {
            /** @description Who is billed. System id. */
            counterparty_id: number;
            /**
             * Format: wallet-currency
             * @description ISO 4217 code of a currency with wallets here.
             */
            currency: string;
            /** @description What it is for. Payers read it. */
            note: string;
            /**
             * @description Who pays the fees: `PAYER` on top of the total, `PAYEE` out of it.
             * @enum {string}
             */
            fee_bearer: "PAYER" | "PAYEE";
            /** @description Whether it may be paid through a link. */
            as_payment_link: boolean;
            /** @description Your own reference, any text. */
            reference_id?: string | null;
            /**
             * Format: date-time
             * @description When it is due. Later payments are taken. ISO 8601; UTC when it names no offset.
             */
            due_date?: string | null;
        };
        /** CreatePartyPayload */
        CreatePartyPayload: {
            /** @description The name of the person or company. */
            fullname: string;
            /**
             * Format: e164-no-plus
             * @description The phone number. Digits with country code, no plus sign.
             */
            phone: string;
            /** @description The e-mail address. */
            email?: string | null;
            /** @description The country, ISO 3166-1 alpha-2. ISO 3166-1 alpha-2. */
            country_code?: string | null;
        };
        /** CreatePaymentAccountPayload */
        CreatePaymentAccountPayload: {
            /** @description A name to show. */
            account_name: string;
            /**
             * @description The network.
             * @enum {string}
             */
            provider: "PAWAPAY" | "STRIPE" | "PLATFORM" | "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA";
            /**
             * @description The instrument: a mobile money brand, a card, a wallet.
             * @enum {string}
             */
            method: "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA" | "CREDIT_CARD" | "WALLET";
            /** @description The contact. System id. */
            party_id: number;
            /** @description The country, ISO 3166-1 alpha-2. ISO 3166-1 alpha-2. */
            country_code?: string | null;
            /** @description The phone of the wallet. Leave it out for a card. It never comes back. */
            insensitive_account_number?: string | null;
            /** @description The card network's token of the card. */
            payment_method_id?: string | null;
        };
        /** CreatePayoutSessionPayload */
        CreatePayoutSessionPayload: {
            /** @description The account that is paid. System id. */
            payout_account_id: number;
            /** @description How much. Major units: at least 0.01, no finer than the currency. */
            amount: number;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
        };
        /** CreateRefundSessionPayload */
        CreateRefundSessionPayload: {
            /** @description The `payment_intent_id` of the collection to give back. System id. */
            original_payment_intent_id: number;
            /** @description How much. Major units: at least 0.01, no finer than the currency. */
            amount: number;
            /**
             * Format: date-time
             * @description Not usable after this time. ISO 8601; UTC when it names no offset.
             */
            expires_at: string;
            /** @description Why. */
            reason?: string | null;
        };
        /** CreateTransferSessionPayload */
        CreateTransferSessionPayload: {
            /** @description Your wallet that is debited. System id. */
            from_wallet_id: number;
            /** @description Who receives it. System id. */
            to_counterparty_id: number;
            /** @description How much. Major units: at least 0.01, no finer than the currency. */
            amount: number;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
            /**
             * Format: date-time
             * @description Not usable after this time. ISO 8601; UTC when it names no offset.
             */
            expires_at: string;
        };
        /** CreateWebhookEndpointPayload */
        CreateWebhookEndpointPayload: {
            /**
             * Format: web-address
             * @description The address to open in a browser. An http or https address.
             */
            url: string;
            /** @description What to be told of. Types of events; `payment.*` for all of a kind, `*` for all. */
            events?: ("*" | "payment.*" | "payout.*" | "transfer.*" | "refund.*" | "source.*" | "session.*" | "wallet.*" | "webhook_endpoint.*" | "payment.created" | "payment.processing" | "payment.requires_action" | "payment.completed" | "payment.failed" | "payout.created" | "payout.processing" | "payout.requires_action" | "payout.completed" | "payout.failed" | "transfer.created" | "transfer.processing" | "transfer.requires_action" | "transfer.completed" | "transfer.failed" | "refund.created" | "refund.processing" | "refund.requires_action" | "refund.completed" | "refund.failed" | "source.created" | "source.published" | "source.processing" | "source.reopened" | "source.paid" | "source.canceled" | "session.created" | "session.processing" | "session.completed" | "session.failed" | "session.expired" | "wallet.status_changed" | "webhook_endpoint.disabled")[] | null;
            /** @description For people. */
            description?: string | null;
        };
        ErrorDetail: {
            detail: string;
        };
        /** Event */
        Event: {
            /** @description The id of the event: `evt_` and a number. `evt_` and a number, the same in this list and in every delivery. */
            id: string;
            /**
             * @description What happened.
             * @enum {string}
             */
            type: "payment.created" | "payment.processing" | "payment.requires_action" | "payment.completed" | "payment.failed" | "payout.created" | "payout.processing" | "payout.requires_action" | "payout.completed" | "payout.failed" | "transfer.created" | "transfer.processing" | "transfer.requires_action" | "transfer.completed" | "transfer.failed" | "refund.created" | "refund.processing" | "refund.requires_action" | "refund.completed" | "refund.failed" | "source.created" | "source.published" | "source.processing" | "source.reopened" | "source.paid" | "source.canceled" | "session.created" | "session.processing" | "session.completed" | "session.failed" | "session.expired" | "wallet.status_changed" | "webhook_endpoint.disabled";
            /** @description Of the form of `data`. Of the layout of `data`. */
            version: number;
            /**
             * Format: date-time
             * @description When it happened. ISO 8601; UTC when it names no offset.
             */
            timestamp: string;
            /** @description Counts from 1 for each payment, document or session, without gaps. Counts the events of this payment, document, session, ... from 1. */
            sequence: number;
            /** @description How the object of the event stood then. */
            data: components["schemas"]["ExecutionEventData"] | components["schemas"]["SourceEventData"] | components["schemas"]["SessionEventData"] | components["schemas"]["WalletEventData"] | components["schemas"]["WebhookEndpointEventData"];
        };
        /** EventFees */
        EventFees: {
            /** @description What the device runs, such as NODE. Major units, no finer than the currency. */
            platform: number;
            /** @description Major units, no finer than the currency. */
            gateway: number;
            /** @description Major units, no finer than the currency. */
            fx: number | null;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
        };
        /** EventList */
        EventList: {
            /** @description Oldest first. */
            events: components["schemas"]["Event"][];
            /** @description Where the next page begins. Where to go on: the `after` of the next call. As it was given when there is nothing new. */
            next_after: string | null;
            /** @description Whether there is more. Whether to go on at once. */
            has_more: boolean;
        };
        /** ExecutionEventData */
        ExecutionEventData: {
            /** @enum {string} */
            object: "payment" | "payout" | "transfer" | "refund";
            /** @description Your own reference, any text. */
            reference_id: string;
            /** @description Our id of a collection, for refunds. System id. */
            payment_intent_id: number;
            /** @description The session. System id. */
            session_id: number;
            /**
             * @description Whether it is an invoice or an order.
             * @enum {string|null}
             */
            source_type: "INVOICE" | "ORDER" | null;
            /** @description The id of the invoice or order. System id. */
            source_id: number | null;
            /**
             * @description In which direction money moves.
             * @enum {string}
             */
            operation_type: "COLLECTION" | "PAYOUT" | "TRANSFER" | "REFUND";
            /** @enum {string} */
            status: "PENDING" | "PROCESSING" | "COMPLETED" | "FAILED";
            /** @description Whether the cardholder has to do something first. */
            requires_action: boolean;
            /** @description What the payer is charged. Major units, no finer than the currency. */
            payer_amount: number;
            /**
             * Format: iso4217
             * @description The currency of `payer_amount`. ISO 4217 code.
             */
            payer_currency: string;
            /** @description What the receiver gets. Major units, no finer than the currency. */
            payee_amount: number;
            /**
             * Format: iso4217
             * @description The currency of `payee_amount`. ISO 4217 code.
             */
            payee_currency: string;
            fees: components["schemas"]["EventFees"];
            /**
             * @description The network.
             * @enum {string}
             */
            provider: "PAWAPAY" | "STRIPE" | "PLATFORM";
            /**
             * @description The instrument: a mobile money brand, a card, a wallet.
             * @enum {string}
             */
            method: "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA" | "CREDIT_CARD" | "WALLET";
            /** @description The network's id of the payment. */
            provider_transaction_id: string | null;
            /** @description What the network said, for people. */
            gateway_message: string | null;
            /** @description What the wallet said, for people: why nothing moved. */
            wallet_message: string | null;
            /** @description Why it failed, for programs. */
            failure_code: string | null;
        };
        /** ExecutionListItem */
        ExecutionListItem: {
            /** @description System id. */
            id: number;
            /** @description Your own reference, any text. */
            reference_id: string;
            /** @enum {string} */
            status: "PENDING" | "PROCESSING" | "COMPLETED" | "FAILED";
            /** @description What the payer is charged. Major units, no finer than the currency. */
            payer_amount: number;
            /** @description The currency of `payer_amount`. */
            payer_currency: string;
            /** @description The currency of `payee_amount`. */
            payee_currency: string;
            /** @description What the receiver gets. Major units, no finer than the currency. */
            payee_amount: number;
            /**
             * @description In which direction money moves.
             * @enum {string}
             */
            operation_type: "COLLECTION" | "PAYOUT" | "TRANSFER" | "REFUND";
            /** @description The network's id of the payment. */
            provider_transaction_id: string | null;
            /** @description What the network said, for people. */
            gateway_message: string | null;
            /** @description What the wallet said, for people: why nothing moved. */
            wallet_message: string | null;
            /** @description Your API client secret. It was shown once. */
            client_secret: string | null;
            /** @description Whether the cardholder has to do something first. */
            requires_action: boolean | null;
            /** @description Our id of a collection, for refunds. System id. */
            payment_intent_id: number | null;
            /** @description Whether trying again is safe. */
            retry: components["schemas"]["Retry"];
            /** @description The session. System id. */
            session_id: number;
            /**
             * @description Whether it is an invoice or an order.
             * @enum {string|null}
             */
            source_type: "INVOICE" | "ORDER" | null;
            /** @description The id of the invoice or order. System id. */
            source_id: number | null;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
        };
        /** ExecutionMoney */
        ExecutionMoney: {
            /** @enum {string} */
            holder: "payer" | "merchant wallet" | "held" | "provider" | "recipient" | "unknown";
            /** @description How much. Major units, no finer than the currency. */
            amount: number;
            currency: string;
            /**
             * Format: date-time
             * @description Since when. ISO 8601; UTC when it names no offset.
             */
            since: string;
        };
        /** ExecutionResponse */
        ExecutionResponse: {
            /** @description The key that was sent. */
            reference_id: string;
            /** @enum {string} */
            status: "PENDING" | "PROCESSING" | "COMPLETED" | "FAILED";
            /** @description What the payer is charged. Major units, no finer than the currency. */
            payer_amount: number;
            /** @description The currency of `payer_amount`. */
            payer_currency: string;
            /** @description The currency of `payee_amount`. */
            payee_currency: string;
            /** @description What the receiver gets. Major units, no finer than the currency. */
            payee_amount: number;
            /**
             * @description In which direction money moves.
             * @enum {string}
             */
            operation_type: "COLLECTION" | "PAYOUT" | "TRANSFER" | "REFUND";
            /** @description The network's id of the payment. */
            provider_transaction_id: string | null;
            /** @description What the network said, for people. */
            gateway_message: string | null;
            /** @description What the wallet said, for people: why nothing moved. */
            wallet_message: string | null;
            /** @description The card network's secret to go on with, while `requires_action` is true. */
            client_secret: string | null;
            /** @description Whether the cardholder has to do something first. */
            requires_action: boolean | null;
            /** @description Our id of a collection, for refunds. System id. */
            payment_intent_id: number | null;
            /** @description Whether trying again is safe. */
            retry: components["schemas"]["Retry"];
        };
        /** ExecutionTimeline */
        ExecutionTimeline: {
            /** @description Your own reference, any text. */
            reference_id: string;
            /**
             * @description In which direction money moves.
             * @enum {string}
             */
            operation_type: "COLLECTION" | "PAYOUT" | "TRANSFER" | "REFUND";
            /** @enum {string} */
            status: "PENDING" | "PROCESSING" | "COMPLETED" | "FAILED";
            money: components["schemas"]["ExecutionMoney"];
            /**
             * Format: date-time
             * @description ISO 8601; UTC when it names no offset.
             */
            next_check_at: string | null;
            lines: components["schemas"]["ExecutionTimelineLine"][];
        };
        /** ExecutionTimelineLine */
        ExecutionTimelineLine: {
            /**
             * Format: date-time
             * @description When it happened. ISO 8601; UTC when it names no offset.
             */
            at: string;
            /** @enum {string} */
            what: "recorded" | "approved" | "asked" | "accepted" | "callback" | "looked_up" | "completed" | "failed" | "booked" | "cancel_asked" | "quarantined" | "decided";
            detail: string | null;
        };
        /** FeeTier */
        FeeTier: {
            /** @description System id. */
            id: number;
            name: string;
            /** @description Whether it applies where no other is assigned. Used when no tier is assigned. */
            is_default: boolean;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
        };
        /** FeeTierRateResponse */
        FeeTierRateResponse: {
            /** @description System id. */
            id: number;
            /**
             * @description In which direction money moves.
             * @enum {string}
             */
            operation_type: "COLLECTION" | "PAYOUT" | "TRANSFER" | "REFUND";
            /**
             * Format: decimal
             * @description Percent of the amount. Decimal string.
             */
            percentage: string;
            /**
             * Format: decimal
             * @description Percent of what is converted. Decimal string.
             */
            fx_percentage: string;
            /**
             * Format: date-time
             * @description In force since. ISO 8601; UTC when it names no offset.
             */
            effective_from: string;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * @description The instrument.
             * @enum {string|null}
             */
            payment_method: "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA" | "CREDIT_CARD" | "WALLET" | null;
            /** @description The flat part. Flat part, in major units. */
            fixed_fee: number | null;
            /**
             * Format: iso4217
             * @description The currency of the flat part. ISO 4217 code.
             */
            fixed_fee_currency: string | null;
            /**
             * Format: date-time
             * @description In force until; null is open. ISO 8601; UTC when it names no offset.
             */
            effective_to: string | null;
            tier: components["schemas"]["FeeTier"] | null;
        };
        /** FeeTierResponse */
        FeeTierResponse: {
            /** @description System id. */
            id: number;
            name: string;
            /** @description Whether it applies where no other is assigned. Used when no tier is assigned. */
            is_default: boolean;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
        };
        /** FeeWithProviderResponse */
        FeeWithProviderResponse: {
            /** @description System id. */
            id: number;
            /** @description The network. System id. */
            provider_id: number;
            /**
             * @description In which direction money moves.
             * @enum {string}
             */
            operation_type: "COLLECTION" | "PAYOUT" | "TRANSFER" | "REFUND";
            /**
             * @description The instrument.
             * @enum {string}
             */
            payment_method: "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA" | "CREDIT_CARD" | "WALLET";
            /** @description Percent of the amount. Percent of the amount. */
            percentage: number;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
            /** @description The flat part. Flat part, in major units. */
            fixed_fee: number | null;
            /**
             * Format: iso4217
             * @description The currency of the flat part. ISO 4217 code.
             */
            fixed_fee_currency: string | null;
            /**
             * Format: date-time
             * @description In force since. ISO 8601; UTC when it names no offset.
             */
            effective_from: string | null;
            /**
             * Format: date-time
             * @description In force until; null is open. ISO 8601; UTC when it names no offset.
             */
            effective_to: string | null;
        };
        HTTPValidationError: {
            detail: components["schemas"]["ValidationErrorItem"][];
        };
        /** InvoiceDetailResponse */
        InvoiceDetailResponse: {
            /** @description System id. */
            id: number;
            /** @description Who is billed. System id. */
            counterparty_id: number;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
            /** @description The sum of the lines. Major units, no finer than the currency. */
            total_amount: number;
            /** @enum {string} */
            status: "IDLE" | "ACTIVE" | "PROCESSING" | "PAID" | "CANCELED";
            /** @description What it is for. Payers read it. */
            note: string;
            /**
             * @description Who pays the fees: `PAYER` on top of the total, `PAYEE` out of it.
             * @enum {string}
             */
            fee_bearer: "PAYER" | "PAYEE";
            /**
             * Format: date-time
             * @description When it is due. Later payments are taken. ISO 8601; UTC when it names no offset.
             */
            due_date: string | null;
            /** @description Whether it may be paid through a link. */
            as_payment_link: boolean;
            /** @description System id. */
            owner_id: number;
            /** @enum {string} */
            owner_type: "USER" | "MICRO_ORGANIZATION" | "ORGANIZATION";
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
            /** @description Your own reference, any text. */
            reference_id: string | null;
            /**
             * Format: date-time
             * @description When it was paid. ISO 8601; UTC when it names no offset.
             */
            paid_at: string | null;
            invoice_number: string;
            /** @description The lines. */
            invoice_items: components["schemas"]["InvoiceItemResponse"][];
            /** @description Who is billed. */
            counterparty: components["schemas"]["CounterPartyWithPartyResponse"] | null;
        };
        /** InvoiceItemResponse */
        InvoiceItemResponse: {
            /** @description System id. */
            id: number;
            name: string;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
            /** @description How many. */
            qty: number;
            /** @description How much. Major units, no finer than the currency. */
            amount: number;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
        };
        /** InvoiceReceiptResponse */
        InvoiceReceiptResponse: {
            /** @description System id. */
            invoice_id: number;
            invoice_number: string;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
            /** @description The sum of the lines. Major units, no finer than the currency. */
            total_amount: number;
            /** @enum {string} */
            status: "IDLE" | "ACTIVE" | "PROCESSING" | "PAID" | "CANCELED";
            /** @description What it is for. Payers read it. */
            note: string;
            /**
             * Format: date-time
             * @description When it is due. Later payments are taken. ISO 8601; UTC when it names no offset.
             */
            due_date: string | null;
            /** @description Whether it may be paid through a link. */
            as_payment_link: boolean;
            /**
             * @description Who pays the fees: `PAYER` on top of the total, `PAYEE` out of it.
             * @enum {string}
             */
            fee_bearer: "PAYER" | "PAYEE";
            /** @description System id. */
            owner_id: number;
            /** @enum {string} */
            owner_type: "USER" | "MICRO_ORGANIZATION" | "ORGANIZATION";
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /** @description Who is billed. System id. */
            counterparty_id: number;
            /**
             * @description What the contact is to you.
             * @enum {string}
             */
            relationship_type: "CUSTOMER" | "SUPPLIER" | "EMPLOYEE" | "BENEFICIARY" | "FRIEND" | "FAMILY" | "DONOR" | "DONEE" | "CONTACT" | "SERVICE_PROVIDER" | "PARTNER" | "SELF" | "OTHER";
            /** @description The payer's name. */
            counterparty_name: string;
            /** @description The payer's phone. */
            counterparty_phone: string;
            /** @description Your own reference, any text. */
            reference_id: string | null;
            /**
             * Format: date-time
             * @description When it was paid. ISO 8601; UTC when it names no offset.
             */
            paid_at: string | null;
            /** @description The payer's e-mail address. */
            counterparty_email: string | null;
            /** @description What the payer is charged. Major units, no finer than the currency. */
            payer_amount: number | null;
            /** @description The currency of `payer_amount`. */
            payer_currency: string | null;
            /** @description What the receiver gets. Major units, no finer than the currency. */
            payee_amount: number | null;
            /** @description The currency of `payee_amount`. */
            payee_currency: string | null;
            /** @description The platform's fee. Major units, no finer than the currency. */
            platform_fee: number | null;
            /** @description The currency of `platform_fee`. */
            platform_currency: string | null;
            /** @description The payment network's fee. Major units, no finer than the currency. */
            gateway_fee: number | null;
            /** @description The currency of `gateway_fee`. */
            gateway_currency: string | null;
            /** @description The fee for converting; null when nothing is converted. Major units, no finer than the currency. */
            fx_fee: number | null;
            /**
             * Format: decimal
             * @description The rate that was used. Decimal string.
             */
            fx_rate: string | null;
            /** @description Converted from. */
            fx_currency_from: string | null;
            /** @description Converted to. */
            fx_currency_to: string | null;
            /**
             * @description The network.
             * @enum {string|null}
             */
            payment_provider: "PAWAPAY" | "STRIPE" | "PLATFORM" | null;
            /**
             * @description The instrument.
             * @enum {string|null}
             */
            payment_method: "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA" | "CREDIT_CARD" | "WALLET" | null;
            /** @description A name to show. */
            account_name: string | null;
            /**
             * Format: date-time
             * @description When the network confirmed. ISO 8601; UTC when it names no offset.
             */
            gateway_confirmed_at: string | null;
            /** @description The network's id of the payment. */
            provider_transaction_id: string | null;
            /** @description The lines. */
            items: components["schemas"]["ReceiptItem"][];
        };
        /** InvoiceResponse */
        InvoiceResponse: {
            /** @description System id. */
            id: number;
            /** @description Who is billed. System id. */
            counterparty_id: number;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
            /** @description The sum of the lines. Major units, no finer than the currency. */
            total_amount: number;
            /** @enum {string} */
            status: "IDLE" | "ACTIVE" | "PROCESSING" | "PAID" | "CANCELED";
            /** @description What it is for. Payers read it. */
            note: string;
            /**
             * @description Who pays the fees: `PAYER` on top of the total, `PAYEE` out of it.
             * @enum {string}
             */
            fee_bearer: "PAYER" | "PAYEE";
            /**
             * Format: date-time
             * @description When it is due. Later payments are taken. ISO 8601; UTC when it names no offset.
             */
            due_date: string | null;
            /** @description Whether it may be paid through a link. */
            as_payment_link: boolean;
            /** @description System id. */
            owner_id: number;
            /** @enum {string} */
            owner_type: "USER" | "MICRO_ORGANIZATION" | "ORGANIZATION";
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
            /** @description Your own reference, any text. */
            reference_id: string | null;
            /**
             * Format: date-time
             * @description When it was paid. ISO 8601; UTC when it names no offset.
             */
            paid_at: string | null;
            invoice_number: string;
        };
        /** LinkResponse */
        LinkResponse: {
            /** @description The address to open in a browser. */
            url: string;
        };
        /** LoggedRequest */
        LoggedRequest: {
            id: string;
            /** @description What the answer said in `X-Request-Id`. */
            request_id: string;
            /**
             * Format: date-time
             * @description When it happened. ISO 8601; UTC when it names no offset.
             */
            at: string;
            /** @description The instrument: a mobile money brand, a card, a wallet. */
            method: string;
            path: string;
            query: string | null;
            status: number;
            /** @description How long it took, in milliseconds. */
            duration_ms: number;
            /** @description Your own reference, any text. */
            reference_id: string | null;
            /** @description Redacted JSON; what is longer than 8 KiB is its beginning as a text. */
            request_body: unknown;
            /** @description Redacted JSON; what is longer than 8 KiB is its beginning as a text. */
            response_body: unknown;
            warnings: components["schemas"]["RequestWarning"][];
        };
        /** LoggedRequestList */
        LoggedRequestList: {
            requests: components["schemas"]["LoggedRequest"][];
            /** @description Where the next page begins. The newest of these: the `after` that goes on from there. */
            next_after: string | null;
            /** @description Whether there is more. Whether there are more on the far side of these. */
            has_more: boolean;
        };
        /** MerchantFeeResponse */
        MerchantFeeResponse: {
            /** @description Id of the assignment; 0 for a merchant nobody put on a tier. */
            id: number;
            /** @enum {string} */
            owner_type: "USER" | "MICRO_ORGANIZATION" | "ORGANIZATION";
            /** @description System id. */
            owner_id: number;
            /**
             * Format: date-time
             * @description When it was assigned. For a merchant nobody put on a tier, when the merchant was created.
             */
            assigned_at: string;
            /** @description Who assigned it. */
            assigned_by: string | null;
            tier: components["schemas"]["FeeTier"] | null;
        };
        /** MerchantInfoResponse */
        MerchantInfoResponse: {
            /** @description System id. */
            id: number;
            name: string;
            /** @enum {string} */
            type: "MICRO_ORGANIZATION" | "ORGANIZATION";
            /** @description The e-mail address. */
            email: string | null;
            /** @description The phone number. */
            phone: string | null;
        };
        /** ObtainTokenResponse */
        ObtainTokenResponse: {
            /** @description What to send as bearer token. JWT to send as bearer token. */
            access_token: string;
            /** @description For how many minutes it is good. Lifetime in minutes. */
            expires_in: number;
        };
        /** OrderDetailResponse */
        OrderDetailResponse: {
            /** @description System id. */
            id: number;
            /** @description Who is billed. System id. */
            counterparty_id: number;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
            /** @description The sum of the lines. Major units, no finer than the currency. */
            total_amount: number;
            /** @enum {string} */
            status: "IDLE" | "ACTIVE" | "PROCESSING" | "PAID" | "CANCELED";
            /** @description What it is for. Payers read it. */
            note: string;
            /**
             * @description Who pays the fees: `PAYER` on top of the total, `PAYEE` out of it.
             * @enum {string}
             */
            fee_bearer: "PAYER" | "PAYEE";
            /**
             * Format: date-time
             * @description When it is due. Later payments are taken. ISO 8601; UTC when it names no offset.
             */
            due_date: string | null;
            /** @description Whether it may be paid through a link. */
            as_payment_link: boolean;
            /** @description System id. */
            owner_id: number;
            /** @enum {string} */
            owner_type: "USER" | "MICRO_ORGANIZATION" | "ORGANIZATION";
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
            /** @description Your own reference, any text. */
            reference_id: string | null;
            /**
             * Format: date-time
             * @description When it was paid. ISO 8601; UTC when it names no offset.
             */
            paid_at: string | null;
            order_number: string;
            /** @description The lines. */
            order_items: components["schemas"]["OrderItemResponse"][];
            /** @description Who is billed. */
            counterparty: components["schemas"]["CounterPartyWithPartyResponse"] | null;
        };
        /** OrderItemResponse */
        OrderItemResponse: {
            /** @description System id. */
            id: number;
            name: string;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
            /** @description How many. */
            qty: number;
            /** @description How much. Major units, no finer than the currency. */
            amount: number;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
        };
        /** OrderReceiptResponse */
        OrderReceiptResponse: {
            /** @description System id. */
            order_id: number;
            order_number: string;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
            /** @description The sum of the lines. Major units, no finer than the currency. */
            total_amount: number;
            /** @enum {string} */
            status: "IDLE" | "ACTIVE" | "PROCESSING" | "PAID" | "CANCELED";
            /** @description What it is for. Payers read it. */
            note: string;
            /**
             * Format: date-time
             * @description When it is due. Later payments are taken. ISO 8601; UTC when it names no offset.
             */
            due_date: string | null;
            /** @description Whether it may be paid through a link. */
            as_payment_link: boolean;
            /**
             * @description Who pays the fees: `PAYER` on top of the total, `PAYEE` out of it.
             * @enum {string}
             */
            fee_bearer: "PAYER" | "PAYEE";
            /** @description System id. */
            owner_id: number;
            /** @enum {string} */
            owner_type: "USER" | "MICRO_ORGANIZATION" | "ORGANIZATION";
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /** @description Who is billed. System id. */
            counterparty_id: number;
            /**
             * @description What the contact is to you.
             * @enum {string}
             */
            relationship_type: "CUSTOMER" | "SUPPLIER" | "EMPLOYEE" | "BENEFICIARY" | "FRIEND" | "FAMILY" | "DONOR" | "DONEE" | "CONTACT" | "SERVICE_PROVIDER" | "PARTNER" | "SELF" | "OTHER";
            /** @description The payer's name. */
            counterparty_name: string;
            /** @description The payer's phone. */
            counterparty_phone: string;
            /** @description Your own reference, any text. */
            reference_id: string | null;
            /**
             * Format: date-time
             * @description When it was paid. ISO 8601; UTC when it names no offset.
             */
            paid_at: string | null;
            /** @description The payer's e-mail address. */
            counterparty_email: string | null;
            /** @description What the payer is charged. Major units, no finer than the currency. */
            payer_amount: number | null;
            /** @description The currency of `payer_amount`. */
            payer_currency: string | null;
            /** @description What the receiver gets. Major units, no finer than the currency. */
            payee_amount: number | null;
            /** @description The currency of `payee_amount`. */
            payee_currency: string | null;
            /** @description The platform's fee. Major units, no finer than the currency. */
            platform_fee: number | null;
            /** @description The currency of `platform_fee`. */
            platform_currency: string | null;
            /** @description The payment network's fee. Major units, no finer than the currency. */
            gateway_fee: number | null;
            /** @description The currency of `gateway_fee`. */
            gateway_currency: string | null;
            /** @description The fee for converting; null when nothing is converted. Major units, no finer than the currency. */
            fx_fee: number | null;
            /**
             * Format: decimal
             * @description The rate that was used. Decimal string.
             */
            fx_rate: string | null;
            /** @description Converted from. */
            fx_currency_from: string | null;
            /** @description Converted to. */
            fx_currency_to: string | null;
            /**
             * @description The network.
             * @enum {string|null}
             */
            payment_provider: "PAWAPAY" | "STRIPE" | "PLATFORM" | null;
            /**
             * @description The instrument.
             * @enum {string|null}
             */
            payment_method: "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA" | "CREDIT_CARD" | "WALLET" | null;
            /** @description A name to show. */
            account_name: string | null;
            /**
             * Format: date-time
             * @description When the network confirmed. ISO 8601; UTC when it names no offset.
             */
            gateway_confirmed_at: string | null;
            /** @description The network's id of the payment. */
            provider_transaction_id: string | null;
            /** @description The lines. */
            items: components["schemas"]["ReceiptItem"][];
        };
        /** OrderResponse */
        OrderResponse: {
            /** @description System id. */
            id: number;
            /** @description Who is billed. System id. */
            counterparty_id: number;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
            /** @description The sum of the lines. Major units, no finer than the currency. */
            total_amount: number;
            /** @enum {string} */
            status: "IDLE" | "ACTIVE" | "PROCESSING" | "PAID" | "CANCELED";
            /** @description What it is for. Payers read it. */
            note: string;
            /**
             * @description Who pays the fees: `PAYER` on top of the total, `PAYEE` out of it.
             * @enum {string}
             */
            fee_bearer: "PAYER" | "PAYEE";
            /**
             * Format: date-time
             * @description When it is due. Later payments are taken. ISO 8601; UTC when it names no offset.
             */
            due_date: string | null;
            /** @description Whether it may be paid through a link. */
            as_payment_link: boolean;
            /** @description System id. */
            owner_id: number;
            /** @enum {string} */
            owner_type: "USER" | "MICRO_ORGANIZATION" | "ORGANIZATION";
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
            /** @description Your own reference, any text. */
            reference_id: string | null;
            /**
             * Format: date-time
             * @description When it was paid. ISO 8601; UTC when it names no offset.
             */
            paid_at: string | null;
            order_number: string;
        };
        /** PartyResponse */
        PartyResponse: {
            /** @description System id. */
            id: number;
            /** @description The name of the person or company. */
            fullname: string;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
            /** @description The e-mail address. */
            email: string | null;
            /** @description The phone number. */
            phone: string | null;
            /** @description The country, ISO 3166-1 alpha-2. ISO 3166-1 alpha-2. */
            country_code: string | null;
        };
        /** PasscodeDevice */
        PasscodeDevice: {
            name: string;
            type: string;
            /** @description What the device runs, such as NODE. */
            platform: string;
            /** @description The program that asks. */
            user_agent: string;
            /**
             * Format: ip
             * @description The address it comes from. IPv4 or IPv6 address.
             */
            client_ip: string;
        };
        /** PasscodeToken */
        PasscodeToken: {
            /**
             * Format: password
             * @description The passcode.
             */
            code: string;
            /** @description Who approves, by user id instead of phone. */
            user_id?: string | null;
            /**
             * Format: e164-no-plus
             * @description The phone number. Digits with country code, no plus sign.
             */
            phone?: string | null;
        };
        /** PaymentAccountResponse */
        PaymentAccountResponse: {
            /** @description System id. */
            id: number;
            /** @description A name to show. */
            account_name: string;
            /**
             * @description The network.
             * @enum {string}
             */
            provider: "PAWAPAY" | "STRIPE" | "PLATFORM";
            /**
             * @description The instrument: a mobile money brand, a card, a wallet.
             * @enum {string}
             */
            method: "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA" | "CREDIT_CARD" | "WALLET";
            /** @description The contact. System id. */
            party_id: number;
            /** @description Whether it can be used. */
            is_active: boolean;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
            /** @description The country, ISO 3166-1 alpha-2. ISO 3166-1 alpha-2. */
            country_code: string | null;
        };
        /** PaymentSourceStatusResponse */
        PaymentSourceStatusResponse: {
            /** @description The id of the invoice or order. System id. */
            source_id: number;
            /**
             * @description Whether it is an invoice or an order.
             * @enum {string}
             */
            source_type: "INVOICE" | "ORDER" | "SUBSCRIPTION";
            /** @description The number of the invoice or order. */
            source_number: string;
            /** @enum {string} */
            status: "IDLE" | "ACTIVE" | "PROCESSING" | "PAID" | "CANCELED";
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
            /** @description The sum of the lines. Major units, no finer than the currency. */
            total_amount: number;
            /**
             * Format: date-time
             * @description When it was paid. ISO 8601; UTC when it names no offset.
             */
            paid_at: string | null;
        };
        /** PayoutExecutionPayload */
        PayoutExecutionPayload: {
            /** @description The session. */
            session_id: string;
            /** @description The account that is paid. System id. */
            payout_account_id: string | number;
            /**
             * Format: uuid4
             * @description The key under which this happens once. Make it before the call, and keep it. UUID version 4.
             */
            reference_id: string;
            /** @description Your approval. */
            passcode: components["schemas"]["WithDeviceVerifyPasscodePayload"];
        };
        /** PayoutSessionResponse */
        PayoutSessionResponse: {
            /** @description System id. */
            id: number;
            /** @description The wallet. System id. */
            wallet_id: number;
            /** @description The account that is paid. System id. */
            payout_account_id: number;
            /** @description How much. Major units, no finer than the currency. */
            amount: number;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
            /** @enum {string} */
            status: "ACTIVE" | "PROCESSING" | "COMPLETED" | "FAILED" | "EXPIRED";
            /**
             * Format: date-time
             * @description Not usable after this time. ISO 8601; UTC when it names no offset.
             */
            expires_at: string;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
        };
        /** PredictCardPaymentInfoResponse */
        PredictCardPaymentInfoResponse: {
            /** @description The brand of the card. */
            brand: string;
            /** @description The country of the phone or card. */
            country: string;
            /** @description The currencies that can be used. */
            currencies: string[];
            /**
             * @description The instrument.
             * @enum {string}
             */
            payment_method: "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA" | "CREDIT_CARD" | "WALLET";
            /**
             * @description The network to use.
             * @enum {string}
             */
            gateway_provider: "PAWAPAY" | "STRIPE" | "PLATFORM";
            /**
             * @description In which direction money moves.
             * @enum {string}
             */
            operation_type: "COLLECTION" | "PAYOUT" | "TRANSFER" | "REFUND";
            /** @description The card network's token of the card. */
            payment_method_id: string;
        };
        /** PredictPhonePaymentInfoResponse */
        PredictPhonePaymentInfoResponse: {
            /** @description The operator's name. */
            carrier: string;
            /** @description The country of the phone or card. */
            country: string;
            /** @description The currencies that can be used. */
            currencies: string[];
            /** @description The phone number. */
            phone: string;
            /**
             * @description The instrument.
             * @enum {string}
             */
            payment_method: "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA" | "CREDIT_CARD" | "WALLET";
            /**
             * @description The network to use.
             * @enum {string}
             */
            gateway_provider: "PAWAPAY" | "STRIPE" | "PLATFORM";
            /**
             * @description In which direction money moves.
             * @enum {string}
             */
            operation_type: "COLLECTION" | "PAYOUT" | "TRANSFER" | "REFUND";
        };
        /** ProviderAvailability */
        ProviderAvailability: {
            /**
             * @description The network.
             * @enum {string}
             */
            provider: "PAWAPAY" | "STRIPE" | "PLATFORM";
            /**
             * @description The instrument.
             * @enum {string}
             */
            payment_method: "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA";
            /**
             * @description In which direction money moves.
             * @enum {string}
             */
            operation_type: "COLLECTION" | "PAYOUT" | "REFUND";
            /** @enum {string} */
            status: "OPERATIONAL" | "DELAYED" | "CLOSED";
            /**
             * Format: date-time
             * @description Since when. ISO 8601; UTC when it names no offset.
             */
            since: string;
            /** @description Why. */
            reason: string | null;
        };
        /** RealtimeTokenResponse */
        RealtimeTokenResponse: {
            /** @description For the realtime service only. JWT for the realtime service only. */
            access_token: string;
            /** @description For how many seconds it is good. Lifetime in seconds. */
            expires_in: number;
        };
        /** ReceiptItem */
        ReceiptItem: {
            /** @description System id. */
            id: number;
            name: string;
            /** @description How many. */
            qty: number;
            /** @description How much. Major units, no finer than the currency. */
            amount: number;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
        };
        /** RedeliverWebhooksPayload */
        RedeliverWebhooksPayload: {
            /** @description The event. One event, whether the endpoint asks for its kind or not. */
            event_id?: string | null;
            /** @description Begin after this one: the `next_after` of the page before. Or: every event after this one that the endpoint asks for, ... */
            after?: string | null;
            /** @description ... up to and with this one. The newest unless said otherwise. */
            until?: string | null;
        };
        /** RedeliverWebhooksResponse */
        RedeliverWebhooksResponse: {
            /** @description How many events are sent once more. */
            deliveries: number;
            /** @description Where the next page begins. Where a range that was too long was cut off: the `after` of the next call. */
            next_after: string | null;
        };
        /** RefundExecutionPayload */
        RefundExecutionPayload: {
            /** @description The session. */
            session_id: string;
            /**
             * Format: uuid4
             * @description The key under which this happens once. Make it before the call, and keep it. UUID version 4.
             */
            reference_id: string;
        };
        /** RefundSessionResponse */
        RefundSessionResponse: {
            /** @description System id. */
            id: number;
            /** @description The `payment_intent_id` of the collection to give back. System id. */
            original_payment_intent_id: number;
            /** @description How much. Major units, no finer than the currency. */
            amount: number;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
            /** @description Why. */
            reason: string | null;
            /** @enum {string} */
            status: "ACTIVE" | "PROCESSING" | "COMPLETED" | "FAILED" | "EXPIRED";
            /**
             * Format: date-time
             * @description Not usable after this time. ISO 8601; UTC when it names no offset.
             */
            expires_at: string;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
        };
        /** RequestWarning */
        RequestWarning: {
            /** @description The passcode. */
            code: string;
            text: string;
        };
        /** Retry */
        Retry: {
            /** @description The same request may be sent again: money moves once. */
            same_reference: boolean;
            /** @description Another attempt under a new reference cannot pay twice. */
            new_reference: boolean;
            /**
             * Format: date-time
             * @description ISO 8601; UTC when it names no offset.
             */
            not_before: string | null;
        };
        /** RotateWebhookSecretPayload */
        RotateWebhookSecretPayload: {
            /** @description For how long the former secret signs, too; 24 unless said otherwise. */
            overlap_hours?: number | null;
        };
        /** SandboxClock */
        SandboxClock: {
            /**
             * Format: date-time
             * @description ISO 8601; UTC when it names no offset.
             */
            now: string;
            /** @description How far the clock is ahead of the time of day. */
            offset_seconds: number;
        };
        /** SandboxClockAdvancePayload */
        SandboxClockAdvancePayload: {
            /** @description How far ahead. */
            seconds: number;
        };
        /** SandboxFault */
        SandboxFault: {
            /** @enum {string} */
            fault: "lost_reply" | "error_after_effect" | "slow" | "duplicate_callback" | "lost_callback" | "operator_closed" | "provider_lost_reply" | "provider_error_after_effect" | "provider_slow";
            /** @description How often it may still happen. */
            next: number | null;
            rate: number | null;
            path: string | null;
            /** @description The instrument: a mobile money brand, a card, a wallet. */
            method: string | null;
            delay_ms: number | null;
            /** @description How often it happened since it was set. */
            injected: number;
        };
        /** SandboxFaultPayload */
        SandboxFaultPayload: {
            /** @enum {string} */
            fault: "lost_reply" | "error_after_effect" | "slow" | "duplicate_callback" | "lost_callback" | "operator_closed" | "provider_lost_reply" | "provider_error_after_effect" | "provider_slow";
            /** @description How often at most. Without it, without end. */
            next?: number | null;
            /** @description How likely each time. Without it, every time. */
            rate?: number | null;
            /** @description How the path of a call begins. Without it, any. */
            path?: string | null;
            /** @description The instrument: a mobile money brand, a card, a wallet. The method of payment. Without it, any. */
            method?: string | null;
            /** @description How slow. */
            delay_ms?: number | null;
        };
        /** SandboxFaults */
        SandboxFaults: {
            /** @description What chance is drawn from. */
            seed: number;
            faults: components["schemas"]["SandboxFault"][];
            /** @description What chance is drawn from. */
            recording: number | null;
            /** @description What chance is drawn from. */
            replaying: number | null;
        };
        /** SandboxFaultsPayload */
        SandboxFaultsPayload: {
            /** @description What chance is drawn from. */
            seed?: number | null;
            faults: components["schemas"]["SandboxFaultPayload"][];
        };
        /** SandboxPayerAnswer */
        SandboxPayerAnswer: {
            /** @description Your own reference, any text. */
            reference_id: string;
            /** @enum {string} */
            action: "approve" | "decline" | "ignore";
        };
        /** SandboxPayment */
        SandboxPayment: {
            /** @description Your own reference, any text. */
            reference_id: string;
            /**
             * @description The network.
             * @enum {string}
             */
            provider: "PAWAPAY" | "STRIPE" | "PLATFORM";
            /**
             * @description The instrument: a mobile money brand, a card, a wallet.
             * @enum {string}
             */
            method: "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA" | "CREDIT_CARD" | "WALLET";
            /** @description The payer's phone number, or the card's token. */
            number: string | null;
            /** @description How much. Major units, no finer than the currency. */
            amount: number;
            currency: string;
            /**
             * Format: date-time
             * @description ISO 8601; UTC when it names no offset.
             */
            asked_at: string;
        };
        /** SandboxPayments */
        SandboxPayments: {
            payments: components["schemas"]["SandboxPayment"][];
        };
        /** SandboxRecordedCall */
        SandboxRecordedCall: {
            call: string;
            /** @description Which call of its kind it was. */
            nth: number;
            /**
             * Format: date-time
             * @description When it happened. ISO 8601; UTC when it names no offset.
             */
            at: string;
            /** @description Your own reference, any text. */
            reference_id: string | null;
            /** @description What the server answered, whatever became of the answer. */
            status: number;
            /** @enum {string|null} */
            fault: "lost_reply" | "error_after_effect" | "slow" | null;
        };
        /** SandboxRecording */
        SandboxRecording: {
            /** @description What chance is drawn from. */
            seed: number;
            /** @enum {string} */
            state: "RECORDING" | "REPLAYING" | "ENDED";
            /**
             * Format: date-time
             * @description ISO 8601; UTC when it names no offset.
             */
            started_at: string;
            calls: components["schemas"]["SandboxRecordedCall"][];
        };
        /** SandboxRecordingPayload */
        SandboxRecordingPayload: {
            /** @description What chance is drawn from. */
            seed?: number | null;
            faults?: components["schemas"]["SandboxFaultPayload"][];
        };
        /** SandboxReset */
        SandboxReset: {
            /**
             * Format: date-time
             * @description ISO 8601; UTC when it names no offset.
             */
            now: string;
        };
        /** SandboxScenario */
        SandboxScenario: {
            name: string;
            /** @enum {string} */
            operation: "COLLECTION" | "PAYOUT" | "TRANSFER" | "REFUND";
            /**
             * @description The network.
             * @enum {string}
             */
            provider: "PAWAPAY" | "STRIPE" | "PLATFORM";
            /**
             * @description The instrument: a mobile money brand, a card, a wallet.
             * @enum {string}
             */
            method: "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA" | "CREDIT_CARD" | "WALLET";
            /** @description The phone number to pay from or to; of a card its token. */
            number: string;
            /** @enum {string} */
            outcome: "PENDING" | "PROCESSING" | "COMPLETED" | "FAILED";
            /** @description Why it failed, for programs. The network's own word for why it fails. */
            failure_code: string | null;
            description: string;
        };
        /** SandboxScenarios */
        SandboxScenarios: {
            scenarios: components["schemas"]["SandboxScenario"][];
        };
        /** SessionEventData */
        SessionEventData: {
            /** @enum {string} */
            object: "session";
            /** @description The session. System id. */
            session_id: number;
            /** @enum {string} */
            session_type: "CHECKOUT" | "PAYOUT" | "TRANSFER" | "REFUND";
            /** @enum {string} */
            status: "ACTIVE" | "PROCESSING" | "COMPLETED" | "FAILED" | "EXPIRED";
            /**
             * @description Whether it is an invoice or an order.
             * @enum {string|null}
             */
            source_type: "INVOICE" | "ORDER" | null;
            /** @description The id of the invoice or order. System id. */
            source_id: number | null;
            /**
             * Format: date-time
             * @description Not usable after this time. ISO 8601; UTC when it names no offset.
             */
            expires_at: string;
        };
        /** SourceEventData */
        SourceEventData: {
            /** @enum {string} */
            object: "source";
            /**
             * @description Whether it is an invoice or an order.
             * @enum {string}
             */
            source_type: "INVOICE" | "ORDER";
            /** @description The id of the invoice or order. System id. */
            source_id: number;
            number: string;
            /** @enum {string} */
            status: "IDLE" | "ACTIVE" | "PROCESSING" | "PAID" | "CANCELED";
            /** @description The sum of the lines. Major units, no finer than the currency. */
            total_amount: number;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
        };
        /** TestWebhookResponse */
        TestWebhookResponse: {
            /** @description Whether the answer was a 2xx. */
            received: boolean;
            /**
             * Format: date-time
             * @description When it happened. ISO 8601; UTC when it names no offset.
             */
            at: string;
            /** @description The HTTP status; null when no answer came. */
            status: number | null;
            /** @description How long it took, in milliseconds. */
            duration_ms: number;
            /** @enum {string|null} */
            error: "address_refused" | "name_not_found" | "connection_refused" | "connection_broken" | "tls" | "timeout" | "redirected" | "status" | "secret_unreadable" | null;
            /** @description How the answer begins: 1 KiB at most. */
            answer: string | null;
        };
        /** TransferExecutionPayload */
        TransferExecutionPayload: {
            /** @description The session. */
            session_id: string;
            /**
             * Format: uuid4
             * @description The key under which this happens once. Make it before the call, and keep it. UUID version 4.
             */
            reference_id: string;
        };
        /** TransferSessionResponse */
        TransferSessionResponse: {
            /** @description System id. */
            id: number;
            /** @description Your wallet that is debited. System id. */
            from_wallet_id: number;
            /** @description Who receives it. System id. */
            to_counterparty_id: number;
            /** @description How much. Major units, no finer than the currency. */
            amount: number;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
            /** @enum {string} */
            status: "ACTIVE" | "PROCESSING" | "COMPLETED" | "FAILED" | "EXPIRED";
            /**
             * Format: date-time
             * @description Not usable after this time. ISO 8601; UTC when it names no offset.
             */
            expires_at: string;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
        };
        /** UpdateCounterPartyPayload */
        UpdateCounterPartyPayload: {
            /**
             * @description What the contact is to you.
             * @enum {string|null}
             */
            relationship_type?: "CUSTOMER" | "SUPPLIER" | "EMPLOYEE" | "BENEFICIARY" | "FRIEND" | "FAMILY" | "DONOR" | "DONEE" | "CONTACT" | "SERVICE_PROVIDER" | "PARTNER" | "SELF" | "OTHER" | null;
            /** @description The contact. System id. */
            party_id?: number | null;
        };
        /** UpdateInvoiceItemPayload */
        UpdateInvoiceItemPayload: {
            name?: string | null;
            /** @description How many. */
            qty?: number | null;
            /** @description The price of one. Major units: at least 0.01, no finer than the currency. */
            amount?: number | null;
        };
        /** UpdateInvoicePayload */
        UpdateInvoicePayload: {
            /** @description Your own reference, any text. */
            reference_id?: string | null;
            /** @description What it is for. Payers read it. */
            note?: string | null;
            /**
             * @description Who pays the fees: `PAYER` on top of the total, `PAYEE` out of it.
             * @enum {string|null}
             */
            fee_bearer?: "PAYER" | "PAYEE" | null;
            /**
             * Format: date-time
             * @description When it is due. Later payments are taken. ISO 8601; UTC when it names no offset.
             */
            due_date?: string | null;
        };
        /** UpdateOrderItemPayload */
        UpdateOrderItemPayload: {
            name?: string | null;
            /** @description How many. */
            qty?: number | null;
            /** @description The price of one. Major units: at least 0.01, no finer than the currency. */
            amount?: number | null;
        };
        /** UpdateOrderPayload */
        UpdateOrderPayload: {
            /** @description Your own reference, any text. */
            reference_id?: string | null;
            /** @description What it is for. Payers read it. */
            note?: string | null;
            /**
             * @description Who pays the fees: `PAYER` on top of the total, `PAYEE` out of it.
             * @enum {string|null}
             */
            fee_bearer?: "PAYER" | "PAYEE" | null;
            /**
             * Format: date-time
             * @description When it is due. Later payments are taken. ISO 8601; UTC when it names no offset.
             */
            due_date?: string | null;
        };
        /** UpdateWebhookEndpointPayload */
        UpdateWebhookEndpointPayload: {
            /**
             * Format: web-address
             * @description The address to open in a browser. An http or https address.
             */
            url?: string | null;
            /** @description What to be told of. Types of events; `payment.*` for all of a kind, `*` for all. */
            events?: ("*" | "payment.*" | "payout.*" | "transfer.*" | "refund.*" | "source.*" | "session.*" | "wallet.*" | "webhook_endpoint.*" | "payment.created" | "payment.processing" | "payment.requires_action" | "payment.completed" | "payment.failed" | "payout.created" | "payout.processing" | "payout.requires_action" | "payout.completed" | "payout.failed" | "transfer.created" | "transfer.processing" | "transfer.requires_action" | "transfer.completed" | "transfer.failed" | "refund.created" | "refund.processing" | "refund.requires_action" | "refund.completed" | "refund.failed" | "source.created" | "source.published" | "source.processing" | "source.reopened" | "source.paid" | "source.canceled" | "session.created" | "session.processing" | "session.completed" | "session.failed" | "session.expired" | "wallet.status_changed" | "webhook_endpoint.disabled")[] | null;
            /** @description For people. */
            description?: string | null;
            /** @enum {string|null} */
            status?: "ENABLED" | "DISABLED" | null;
        };
        ValidationErrorItem: {
            /** @description Where the mistake is: `body`, `query` or `path`, then names and positions. */
            loc: (string | number)[];
            /** @description What is wrong, for people. */
            msg: string;
            /** @description What is wrong, for programs. */
            type: string;
        };
        /** WalletEventData */
        WalletEventData: {
            /** @enum {string} */
            object: "wallet";
            /** @description The wallet. System id. */
            wallet_id: number;
            /** @enum {string} */
            status: "ACTIVE" | "RESTRICTED" | "FROZEN" | "CLOSED";
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
        };
        /** WalletResponse */
        WalletResponse: {
            /** @description System id. */
            id: number;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
            /** @enum {string} */
            status: "ACTIVE" | "RESTRICTED" | "FROZEN" | "CLOSED";
            /** @description What can be spent. Major units, no finer than the currency. */
            available: number;
            /** @description What payouts and refunds under way hold. Major units, no finer than the currency. */
            held: number;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
        };
        /** WalletStatementLine */
        WalletStatementLine: {
            /** @description System id. */
            id: number;
            /**
             * Format: date-time
             * @description When it was booked. ISO 8601; UTC when it names no offset.
             */
            posted_at: string;
            /** @description Why. */
            reason: string;
            /**
             * @description In which direction money moves.
             * @enum {string|null}
             */
            operation_type: "COLLECTION" | "PAYOUT" | "TRANSFER" | "REFUND" | null;
            /** @description Your own reference, any text. */
            reference_id: string | null;
            /** @description How much. Change of what is available, in major units; below zero for money that left. */
            amount: number;
            /** @description What the wallet held afterwards. Major units, no finer than the currency. */
            balance: number;
            /**
             * Format: iso4217
             * @description ISO 4217 code.
             */
            currency: string;
        };
        /** WebhookAttempt */
        WebhookAttempt: {
            /**
             * Format: date-time
             * @description When it happened. ISO 8601; UTC when it names no offset.
             */
            at: string;
            /** @description The HTTP status; null when no answer came. */
            status: number | null;
            /** @description How long it took, in milliseconds. */
            duration_ms: number;
            /** @enum {string|null} */
            error: "address_refused" | "name_not_found" | "connection_refused" | "connection_broken" | "tls" | "timeout" | "redirected" | "status" | "secret_unreadable" | null;
            /** @description How the answer begins: 1 KiB at most. */
            answer: string | null;
        };
        /** WebhookDeliveryResponse */
        WebhookDeliveryResponse: {
            /** @description System id. */
            id: number;
            /** @description The event. */
            event_id: string;
            /** @description What happened. */
            event_type: string;
            /** @enum {string} */
            status: "PENDING" | "DELIVERED" | "FAILED";
            /**
             * Format: date-time
             * @description When it is tried next. ISO 8601; UTC when it names no offset.
             */
            next_attempt_at: string | null;
            /**
             * Format: date-time
             * @description When it was received. ISO 8601; UTC when it names no offset.
             */
            delivered_at: string | null;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /** @description The latest 20, oldest first. */
            attempts: components["schemas"]["WebhookAttempt"][];
        };
        /** WebhookEndpointEventData */
        WebhookEndpointEventData: {
            /** @enum {string} */
            object: "webhook_endpoint";
            /** @description System id. */
            webhook_endpoint_id: number;
            /** @description The address to open in a browser. */
            url: string;
            /** @enum {string} */
            status: "ENABLED" | "DISABLED";
            /** @description Why it was disabled. */
            disabled_reason: string | null;
        };
        /** WebhookEndpointResponse */
        WebhookEndpointResponse: {
            /** @description System id. */
            id: number;
            /** @description The address to open in a browser. */
            url: string;
            /** @description What to be told of. */
            events: string[];
            description: string | null;
            /** @enum {string} */
            status: "ENABLED" | "DISABLED";
            /** @description Why it was disabled. */
            disabled_reason: string | null;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
        };
        /** WebhookEndpointWithSecretResponse */
        WebhookEndpointWithSecretResponse: {
            /** @description System id. */
            id: number;
            /** @description The address to open in a browser. */
            url: string;
            /** @description What to be told of. */
            events: string[];
            description: string | null;
            /** @enum {string} */
            status: "ENABLED" | "DISABLED";
            /** @description Why it was disabled. */
            disabled_reason: string | null;
            /**
             * Format: date-time
             * @description When it was made. ISO 8601; UTC when it names no offset.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed. ISO 8601; UTC when it names no offset.
             */
            updated_at: string;
            /** @description What deliveries are signed with: `whsec_` and base64. Shown this once. */
            secret: string;
        };
        /** WithDeviceVerifyPasscodePayload */
        WithDeviceVerifyPasscodePayload: {
            token: components["schemas"]["PasscodeToken"];
            /** @description Where the approval comes from. Kept for audit. */
            device: components["schemas"]["PasscodeDevice"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type AddInvoiceItemPayload = components['schemas']['AddInvoiceItemPayload'];
export type AddOrderItemPayload = components['schemas']['AddOrderItemPayload'];
export type AmountAndFeePredictionResponse = components['schemas']['AmountAndFeePredictionResponse'];
export type CheckoutExecutionPayload = components['schemas']['CheckoutExecutionPayload'];
export type CheckoutItem = components['schemas']['CheckoutItem'];
export type CheckoutSessionResponse = components['schemas']['CheckoutSessionResponse'];
export type ClientCredentialObtainTokenPayload = components['schemas']['ClientCredentialObtainTokenPayload'];
export type CollectionRealtimeKeyPayload = components['schemas']['CollectionRealtimeKeyPayload'];
export type CounterPartyResponse = components['schemas']['CounterPartyResponse'];
export type CounterPartyWithPartyResponse = components['schemas']['CounterPartyWithPartyResponse'];
export type CreateCheckoutSessionPayload = components['schemas']['CreateCheckoutSessionPayload'];
export type CreateCheckoutSourceLinkResponse = components['schemas']['CreateCheckoutSourceLinkResponse'];
export type CreateCheckoutSourceRequestPayload = components['schemas']['CreateCheckoutSourceRequestPayload'];
export type CreateCounterPartyPayload = components['schemas']['CreateCounterPartyPayload'];
export type CreateInvoicePayload = components['schemas']['CreateInvoicePayload'];
export type CreateOrderPayload = components['schemas']['CreateOrderPayload'];
export type CreatePartyPayload = components['schemas']['CreatePartyPayload'];
export type CreatePaymentAccountPayload = components['schemas']['CreatePaymentAccountPayload'];
export type CreatePayoutSessionPayload = components['schemas']['CreatePayoutSessionPayload'];
export type CreateRefundSessionPayload = components['schemas']['CreateRefundSessionPayload'];
export type CreateTransferSessionPayload = components['schemas']['CreateTransferSessionPayload'];
export type CreateWebhookEndpointPayload = components['schemas']['CreateWebhookEndpointPayload'];
export type ErrorDetail = components['schemas']['ErrorDetail'];
export type Event = components['schemas']['Event'];
export type EventFees = components['schemas']['EventFees'];
export type EventList = components['schemas']['EventList'];
export type ExecutionEventData = components['schemas']['ExecutionEventData'];
export type ExecutionListItem = components['schemas']['ExecutionListItem'];
export type ExecutionMoney = components['schemas']['ExecutionMoney'];
export type ExecutionResponse = components['schemas']['ExecutionResponse'];
export type ExecutionTimeline = components['schemas']['ExecutionTimeline'];
export type ExecutionTimelineLine = components['schemas']['ExecutionTimelineLine'];
export type FeeTier = components['schemas']['FeeTier'];
export type FeeTierRateResponse = components['schemas']['FeeTierRateResponse'];
export type FeeTierResponse = components['schemas']['FeeTierResponse'];
export type FeeWithProviderResponse = components['schemas']['FeeWithProviderResponse'];
export type HttpValidationError = components['schemas']['HTTPValidationError'];
export type InvoiceDetailResponse = components['schemas']['InvoiceDetailResponse'];
export type InvoiceItemResponse = components['schemas']['InvoiceItemResponse'];
export type InvoiceReceiptResponse = components['schemas']['InvoiceReceiptResponse'];
export type InvoiceResponse = components['schemas']['InvoiceResponse'];
export type LinkResponse = components['schemas']['LinkResponse'];
export type LoggedRequest = components['schemas']['LoggedRequest'];
export type LoggedRequestList = components['schemas']['LoggedRequestList'];
export type MerchantFeeResponse = components['schemas']['MerchantFeeResponse'];
export type MerchantInfoResponse = components['schemas']['MerchantInfoResponse'];
export type ObtainTokenResponse = components['schemas']['ObtainTokenResponse'];
export type OrderDetailResponse = components['schemas']['OrderDetailResponse'];
export type OrderItemResponse = components['schemas']['OrderItemResponse'];
export type OrderReceiptResponse = components['schemas']['OrderReceiptResponse'];
export type OrderResponse = components['schemas']['OrderResponse'];
export type PartyResponse = components['schemas']['PartyResponse'];
export type PasscodeDevice = components['schemas']['PasscodeDevice'];
export type PasscodeToken = components['schemas']['PasscodeToken'];
export type PaymentAccountResponse = components['schemas']['PaymentAccountResponse'];
export type PaymentSourceStatusResponse = components['schemas']['PaymentSourceStatusResponse'];
export type PayoutExecutionPayload = components['schemas']['PayoutExecutionPayload'];
export type PayoutSessionResponse = components['schemas']['PayoutSessionResponse'];
export type PredictCardPaymentInfoResponse = components['schemas']['PredictCardPaymentInfoResponse'];
export type PredictPhonePaymentInfoResponse = components['schemas']['PredictPhonePaymentInfoResponse'];
export type ProviderAvailability = components['schemas']['ProviderAvailability'];
export type RealtimeTokenResponse = components['schemas']['RealtimeTokenResponse'];
export type ReceiptItem = components['schemas']['ReceiptItem'];
export type RedeliverWebhooksPayload = components['schemas']['RedeliverWebhooksPayload'];
export type RedeliverWebhooksResponse = components['schemas']['RedeliverWebhooksResponse'];
export type RefundExecutionPayload = components['schemas']['RefundExecutionPayload'];
export type RefundSessionResponse = components['schemas']['RefundSessionResponse'];
export type RequestWarning = components['schemas']['RequestWarning'];
export type Retry = components['schemas']['Retry'];
export type RotateWebhookSecretPayload = components['schemas']['RotateWebhookSecretPayload'];
export type SandboxClock = components['schemas']['SandboxClock'];
export type SandboxClockAdvancePayload = components['schemas']['SandboxClockAdvancePayload'];
export type SandboxFault = components['schemas']['SandboxFault'];
export type SandboxFaultPayload = components['schemas']['SandboxFaultPayload'];
export type SandboxFaults = components['schemas']['SandboxFaults'];
export type SandboxFaultsPayload = components['schemas']['SandboxFaultsPayload'];
export type SandboxPayerAnswer = components['schemas']['SandboxPayerAnswer'];
export type SandboxPayment = components['schemas']['SandboxPayment'];
export type SandboxPayments = components['schemas']['SandboxPayments'];
export type SandboxRecordedCall = components['schemas']['SandboxRecordedCall'];
export type SandboxRecording = components['schemas']['SandboxRecording'];
export type SandboxRecordingPayload = components['schemas']['SandboxRecordingPayload'];
export type SandboxReset = components['schemas']['SandboxReset'];
export type SandboxScenario = components['schemas']['SandboxScenario'];
export type SandboxScenarios = components['schemas']['SandboxScenarios'];
export type SessionEventData = components['schemas']['SessionEventData'];
export type SourceEventData = components['schemas']['SourceEventData'];
export type TestWebhookResponse = components['schemas']['TestWebhookResponse'];
export type TransferExecutionPayload = components['schemas']['TransferExecutionPayload'];
export type TransferSessionResponse = components['schemas']['TransferSessionResponse'];
export type UpdateCounterPartyPayload = components['schemas']['UpdateCounterPartyPayload'];
export type UpdateInvoiceItemPayload = components['schemas']['UpdateInvoiceItemPayload'];
export type UpdateInvoicePayload = components['schemas']['UpdateInvoicePayload'];
export type UpdateOrderItemPayload = components['schemas']['UpdateOrderItemPayload'];
export type UpdateOrderPayload = components['schemas']['UpdateOrderPayload'];
export type UpdateWebhookEndpointPayload = components['schemas']['UpdateWebhookEndpointPayload'];
export type ValidationErrorItem = components['schemas']['ValidationErrorItem'];
export type WalletEventData = components['schemas']['WalletEventData'];
export type WalletResponse = components['schemas']['WalletResponse'];
export type WalletStatementLine = components['schemas']['WalletStatementLine'];
export type WebhookAttempt = components['schemas']['WebhookAttempt'];
export type WebhookDeliveryResponse = components['schemas']['WebhookDeliveryResponse'];
export type WebhookEndpointEventData = components['schemas']['WebhookEndpointEventData'];
export type WebhookEndpointResponse = components['schemas']['WebhookEndpointResponse'];
export type WebhookEndpointWithSecretResponse = components['schemas']['WebhookEndpointWithSecretResponse'];
export type WithDeviceVerifyPasscodePayload = components['schemas']['WithDeviceVerifyPasscodePayload'];
export type $defs = Record<string, never>;
export interface operations {
    client_obtain_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "client_id": "sandbox",
                 *       "client_secret": "sandbox-secret"
                 *     }
                 */
                "application/json": components["schemas"]["ClientCredentialObtainTokenPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ObtainTokenResponse"];
                };
            };
        };
    };
    create_party: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "fullname": "Amara Kamara",
                 *       "phone": "231771234567",
                 *       "email": "amara@example.com",
                 *       "country_code": "LR"
                 *     }
                 */
                "application/json": components["schemas"]["CreatePartyPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PartyResponse"];
                };
            };
        };
    };
    list_parties: {
        parameters: {
            query?: {
                /** @description The name of the person or company. */
                fullname?: string | null;
                /** @description How many at most; 1000 unless said otherwise. */
                limit?: number | null;
                /** @description Where to go on: taken from the `Link` header of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PartyResponse"][];
                };
            };
        };
    };
    retrieve_parties: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PartyResponse"];
                };
            };
        };
    };
    create_counterparty: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "relationship_type": "CUSTOMER",
                 *       "party_id": 42
                 *     }
                 */
                "application/json": components["schemas"]["CreateCounterPartyPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CounterPartyResponse"];
                };
            };
        };
    };
    list_counterparties: {
        parameters: {
            query?: {
                /** @description The name of the person or company. */
                fullname?: string | null;
                /** @description What the contact is to you. */
                relationship_type?: "CUSTOMER" | "SUPPLIER" | "EMPLOYEE" | "BENEFICIARY" | "FRIEND" | "FAMILY" | "DONOR" | "DONEE" | "CONTACT" | "SERVICE_PROVIDER" | "PARTNER" | "SELF" | "OTHER" | null;
                /** @description How many at most; 1000 unless said otherwise. */
                limit?: number | null;
                /** @description Where to go on: taken from the `Link` header of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CounterPartyWithPartyResponse"][];
                };
            };
        };
    };
    retrieve_counterparties: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CounterPartyWithPartyResponse"];
                };
            };
        };
    };
    update_counterparty: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "relationship_type": "SUPPLIER"
                 *     }
                 */
                "application/json": components["schemas"]["UpdateCounterPartyPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CounterPartyResponse"];
                };
            };
        };
    };
    create_invoice: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "counterparty_id": 15,
                 *       "currency": "USD",
                 *       "note": "Consulting services",
                 *       "fee_bearer": "PAYER",
                 *       "as_payment_link": true
                 *     }
                 */
                "application/json": components["schemas"]["CreateInvoicePayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvoiceResponse"];
                };
            };
        };
    };
    list_invoice: {
        parameters: {
            query?: {
                /** @description ISO 4217 code. */
                currency?: string | null;
                status?: "IDLE" | "ACTIVE" | "PROCESSING" | "PAID" | "CANCELED" | null;
                /** @description How many at most; 1000 unless said otherwise. */
                limit?: number | null;
                /** @description Where to go on: taken from the `Link` header of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvoiceResponse"][];
                };
            };
        };
    };
    retrieve_invoice_by_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvoiceDetailResponse"];
                };
            };
        };
    };
    retrieve_invoice_by_number: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                invoice_number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvoiceDetailResponse"];
                };
            };
        };
    };
    update_invoice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "note": "Two lessons"
                 *     }
                 */
                "application/json": components["schemas"]["UpdateInvoicePayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvoiceResponse"];
                };
            };
        };
    };
    add_invoice_item: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                invoice_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Strategy session",
                 *       "currency": "USD",
                 *       "qty": 1,
                 *       "amount": 250
                 *     }
                 */
                "application/json": components["schemas"]["AddInvoiceItemPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvoiceItemResponse"];
                };
            };
        };
    };
    update_invoice_item: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                invoice_id: string;
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "qty": 2
                 *     }
                 */
                "application/json": components["schemas"]["UpdateInvoiceItemPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvoiceItemResponse"];
                };
            };
        };
    };
    remove_invoice_item: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                invoice_id: string;
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    publish_invoice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvoiceResponse"];
                };
            };
        };
    };
    cancel_invoice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvoiceResponse"];
                };
            };
        };
    };
    retrieve_invoice_receipt_by_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvoiceReceiptResponse"];
                };
            };
        };
    };
    retrieve_invoice_receipt_by_number: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                invoice_number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvoiceReceiptResponse"];
                };
            };
        };
    };
    create_order: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "counterparty_id": 7,
                 *       "currency": "LRD",
                 *       "note": "Two bags of rice",
                 *       "fee_bearer": "PAYEE",
                 *       "as_payment_link": true
                 *     }
                 */
                "application/json": components["schemas"]["CreateOrderPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderResponse"];
                };
            };
        };
    };
    list_order: {
        parameters: {
            query?: {
                /** @description ISO 4217 code. */
                currency?: string | null;
                status?: "IDLE" | "ACTIVE" | "PROCESSING" | "PAID" | "CANCELED" | null;
                /** @description How many at most; 1000 unless said otherwise. */
                limit?: number | null;
                /** @description Where to go on: taken from the `Link` header of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderResponse"][];
                };
            };
        };
    };
    retrieve_order_by_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderDetailResponse"];
                };
            };
        };
    };
    retrieve_order_by_number: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderDetailResponse"];
                };
            };
        };
    };
    update_order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "note": "Three bags of rice"
                 *     }
                 */
                "application/json": components["schemas"]["UpdateOrderPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderResponse"];
                };
            };
        };
    };
    add_order_item: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Rice, 25 kg",
                 *       "currency": "LRD",
                 *       "qty": 2,
                 *       "amount": 3500
                 *     }
                 */
                "application/json": components["schemas"]["AddOrderItemPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderItemResponse"];
                };
            };
        };
    };
    update_order_item: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                order_id: string;
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "qty": 3
                 *     }
                 */
                "application/json": components["schemas"]["UpdateOrderItemPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderItemResponse"];
                };
            };
        };
    };
    remove_order_item: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                order_id: string;
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    publish_order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderResponse"];
                };
            };
        };
    };
    cancel_order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderResponse"];
                };
            };
        };
    };
    retrieve_order_receipt_by_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderReceiptResponse"];
                };
            };
        };
    };
    retrieve_order_receipt_by_number: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                order_number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderReceiptResponse"];
                };
            };
        };
    };
    get_gateway_fees: {
        parameters: {
            query: {
                /** @description The instrument. */
                payment_method: "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA" | "CREDIT_CARD" | "WALLET";
                /** @description In which direction money moves. */
                operation_type: "COLLECTION" | "PAYOUT" | "TRANSFER" | "REFUND";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeeWithProviderResponse"];
                };
            };
        };
    };
    get_platform_fees: {
        parameters: {
            query: {
                /** @description In which direction money moves. */
                operation_type: "COLLECTION" | "PAYOUT" | "TRANSFER" | "REFUND";
                /** @description The tier's name. */
                fee_tier_name: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeeTierRateResponse"];
                };
            };
        };
    };
    get_merchant_fee_tier: {
        parameters: {
            query: {
                owner_type: "USER" | "MICRO_ORGANIZATION" | "ORGANIZATION";
                /** @description System id. */
                owner_id: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MerchantFeeResponse"];
                };
            };
        };
    };
    list_fee_tier: {
        parameters: {
            query?: {
                /** @description How many at most; 1000 unless said otherwise. */
                limit?: number | null;
                /** @description Where to go on: taken from the `Link` header of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeeTierResponse"][];
                };
            };
        };
    };
    get_merchant_info: {
        parameters: {
            query: {
                /** @description System id. */
                merchant_id: number;
                merchant_type: "MICRO_ORGANIZATION" | "ORGANIZATION";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MerchantInfoResponse"];
                };
            };
        };
    };
    create_checkout_source: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "mode": "HOSTED",
                 *       "source_kind": "INVOICE",
                 *       "party_name": "Amara Kamara",
                 *       "party_phone": "231771234567",
                 *       "currency": "USD",
                 *       "items": [
                 *         {
                 *           "name": "Consulting",
                 *           "currency": "USD",
                 *           "amount": 250
                 *         }
                 *       ],
                 *       "success_url": "https://shop.example/paid",
                 *       "cancel_url": "https://shop.example/basket"
                 *     }
                 */
                "application/json": components["schemas"]["CreateCheckoutSourceRequestPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreateCheckoutSourceLinkResponse"];
                };
            };
        };
    };
    get_payment_link: {
        parameters: {
            query: {
                /** @description Whether it is an invoice or an order. */
                source_type: "INVOICE" | "ORDER" | "SUBSCRIPTION";
                /** @description The number of the invoice or order. */
                source_number: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkResponse"];
                };
            };
        };
    };
    get_receipt_link: {
        parameters: {
            query: {
                /** @description Whether it is an invoice or an order. */
                source_type: "INVOICE" | "ORDER" | "SUBSCRIPTION";
                /** @description The number of the invoice or order. */
                source_number: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkResponse"];
                };
            };
        };
    };
    predict_amount_and_fee: {
        parameters: {
            query: {
                /** @description The amount to quote. */
                base_amount: number;
                /** @description ISO 4217 code. */
                base_currency: string;
                /** @description ISO 4217 code. */
                target_currency: string;
                /** @description The instrument. */
                payment_method: "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA" | "CREDIT_CARD" | "WALLET";
                /** @description In which direction money moves. */
                operation_type: "COLLECTION" | "PAYOUT" | "TRANSFER" | "REFUND";
                /** @description The network. */
                provider: "PAWAPAY" | "STRIPE" | "PLATFORM" | "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA";
                /** @description Who pays the fees: `PAYER` on top of the total, `PAYEE` out of it. */
                fee_bearer: "PAYER" | "PAYEE";
                owner_type?: "USER" | "MICRO_ORGANIZATION" | "ORGANIZATION" | null;
                /** @description System id. */
                owner_id?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AmountAndFeePredictionResponse"];
                };
            };
        };
    };
    predict_payment_source_amount_and_fee: {
        parameters: {
            query: {
                /** @description ISO 4217 code. */
                target_currency: string;
                /** @description The instrument. */
                payment_method: "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA" | "CREDIT_CARD" | "WALLET";
                /** @description The network. */
                provider: "PAWAPAY" | "STRIPE" | "PLATFORM" | "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA";
                /** @description Whether it is an invoice or an order. */
                source_type: "INVOICE" | "ORDER" | "SUBSCRIPTION";
                /** @description System id. */
                source_id: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AmountAndFeePredictionResponse"];
                };
            };
        };
    };
    predict_mmo_provider_info: {
        parameters: {
            query: {
                /** @description Digits with country code, no plus sign. */
                phone: string;
                /** @description In which direction money moves. */
                operation_type: "COLLECTION" | "PAYOUT" | "TRANSFER" | "REFUND";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PredictPhonePaymentInfoResponse"];
                };
            };
        };
    };
    predict_card_provider_info: {
        parameters: {
            query: {
                /** @description The card network's token of the card. */
                payment_method_id: string;
                /** @description In which direction money moves. */
                operation_type: "COLLECTION" | "PAYOUT" | "TRANSFER" | "REFUND";
                /** @description The network. */
                provider?: "PAWAPAY" | "STRIPE" | "PLATFORM" | "MTN_MOMO_LBR" | "ORANGE_MONEY_LBR" | "AIRTEL_RWA" | "MTN_MOMO_RWA" | "ORANGE_MONEY_RWA" | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PredictCardPaymentInfoResponse"];
                };
            };
        };
    };
    create_checkout_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "source_id": 101,
                 *       "source_type": "INVOICE"
                 *     }
                 */
                "application/json": components["schemas"]["CreateCheckoutSessionPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CheckoutSessionResponse"];
                };
            };
        };
    };
    create_payout_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "payout_account_id": 18,
                 *       "amount": 100,
                 *       "currency": "USD"
                 *     }
                 */
                "application/json": components["schemas"]["CreatePayoutSessionPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PayoutSessionResponse"];
                };
            };
        };
    };
    create_transfer_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "from_wallet_id": 3,
                 *       "to_counterparty_id": 15,
                 *       "amount": 10,
                 *       "currency": "USD",
                 *       "expires_at": "2030-01-01T00:00:00Z"
                 *     }
                 */
                "application/json": components["schemas"]["CreateTransferSessionPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransferSessionResponse"];
                };
            };
        };
    };
    create_refund_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "original_payment_intent_id": 12,
                 *       "amount": 100,
                 *       "reason": "Returned",
                 *       "expires_at": "2030-01-01T00:00:00Z"
                 *     }
                 */
                "application/json": components["schemas"]["CreateRefundSessionPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefundSessionResponse"];
                };
            };
        };
    };
    create_payment_account: {
        parameters: {
            query: {
                /** @description In which direction money moves. */
                operation_type: "COLLECTION" | "PAYOUT" | "TRANSFER" | "REFUND";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "account_name": "Amara MTN wallet",
                 *       "provider": "PAWAPAY",
                 *       "method": "MTN_MOMO_LBR",
                 *       "party_id": 42,
                 *       "country_code": "LR",
                 *       "insensitive_account_number": "231771234567"
                 *     }
                 */
                "application/json": components["schemas"]["CreatePaymentAccountPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentAccountResponse"];
                };
            };
        };
    };
    collect: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "session_id": "55",
                 *       "payment_account_id": "18",
                 *       "currency": "USD",
                 *       "reference_id": "550e8400-e29b-41d4-a716-446655440000"
                 *     }
                 */
                "application/json": components["schemas"]["CheckoutExecutionPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionResponse"];
                };
            };
        };
    };
    payout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "session_id": "42",
                 *       "payout_account_id": "18",
                 *       "reference_id": "550e8400-e29b-41d4-a716-446655440000",
                 *       "passcode": {
                 *         "token": {
                 *           "phone": "231770000000",
                 *           "code": "123456"
                 *         },
                 *         "device": {
                 *           "name": "Payout server",
                 *           "type": "SERVER",
                 *           "platform": "NODE",
                 *           "user_agent": "payouts/1.0",
                 *           "client_ip": "203.0.113.10"
                 *         }
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["PayoutExecutionPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionResponse"];
                };
            };
        };
    };
    transfer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "session_id": "43",
                 *       "reference_id": "550e8400-e29b-41d4-a716-446655440000"
                 *     }
                 */
                "application/json": components["schemas"]["TransferExecutionPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionResponse"];
                };
            };
        };
    };
    refund: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "session_id": "44",
                 *       "reference_id": "550e8400-e29b-41d4-a716-446655440000"
                 *     }
                 */
                "application/json": components["schemas"]["RefundExecutionPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionResponse"];
                };
            };
        };
    };
    get_collection_status: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Your own reference, any text. */
                reference_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionResponse"];
                };
            };
        };
    };
    get_payout_status: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Your own reference, any text. */
                reference_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionResponse"];
                };
            };
        };
    };
    get_transfer_status: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Your own reference, any text. */
                reference_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionResponse"];
                };
            };
        };
    };
    get_refund_status: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Your own reference, any text. */
                reference_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionResponse"];
                };
            };
        };
    };
    get_execution_timeline: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Your own reference, any text. */
                reference_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionTimeline"];
                };
            };
        };
    };
    list_executions: {
        parameters: {
            query?: {
                /** @description In which direction money moves. */
                operation_type?: "COLLECTION" | "PAYOUT" | "TRANSFER" | "REFUND" | null;
                status?: "PENDING" | "PROCESSING" | "COMPLETED" | "FAILED" | null;
                /** @description Whether it is an invoice or an order. */
                source_type?: "INVOICE" | "ORDER" | "SUBSCRIPTION" | null;
                /** @description System id. */
                source_id?: number | null;
                /** @description ISO 8601; UTC when it names no offset. */
                created_from?: string | null;
                /** @description ISO 8601; UTC when it names no offset. */
                created_to?: string | null;
                /** @description How many at most; 1000 unless said otherwise. */
                limit?: number | null;
                /** @description Where to go on: taken from the `Link` header of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionListItem"][];
                };
            };
        };
    };
    get_providers_availability: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderAvailability"][];
                };
            };
        };
    };
    list_wallets: {
        parameters: {
            query?: {
                /** @description How many at most; 1000 unless said otherwise. */
                limit?: number | null;
                /** @description Where to go on: taken from the `Link` header of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WalletResponse"][];
                };
            };
        };
    };
    get_wallet_statement: {
        parameters: {
            query?: {
                /** @description How many at most; 1000 unless said otherwise. */
                limit?: number | null;
                /** @description Where to go on: taken from the `Link` header of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WalletStatementLine"][];
                };
            };
        };
    };
    list_events: {
        parameters: {
            query?: {
                /** @description The id of the last event you have, or `latest` for the newest there is: what comes after it is answered, oldest first. */
                after?: string | null;
                type?: "payment.created" | "payment.processing" | "payment.requires_action" | "payment.completed" | "payment.failed" | "payout.created" | "payout.processing" | "payout.requires_action" | "payout.completed" | "payout.failed" | "transfer.created" | "transfer.processing" | "transfer.requires_action" | "transfer.completed" | "transfer.failed" | "refund.created" | "refund.processing" | "refund.requires_action" | "refund.completed" | "refund.failed" | "source.created" | "source.published" | "source.processing" | "source.reopened" | "source.paid" | "source.canceled" | "session.created" | "session.processing" | "session.completed" | "session.failed" | "session.expired" | "wallet.status_changed" | "webhook_endpoint.disabled" | null;
                /** @description How many at most; 50 unless said otherwise. */
                limit?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventList"];
                };
            };
        };
    };
    retrieve_event: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `evt_` and a number. */
                event_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
        };
    };
    create_webhook_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://shop.example/webhooks",
                 *       "events": [
                 *         "payment.*",
                 *         "source.paid"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["CreateWebhookEndpointPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointWithSecretResponse"];
                };
            };
        };
    };
    list_webhook_endpoints: {
        parameters: {
            query?: {
                /** @description How many at most; 1000 unless said otherwise. */
                limit?: number | null;
                /** @description Where to go on: taken from the `Link` header of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointResponse"][];
                };
            };
        };
    };
    retrieve_webhook_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointResponse"];
                };
            };
        };
    };
    update_webhook_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "status": "ENABLED"
                 *     }
                 */
                "application/json": components["schemas"]["UpdateWebhookEndpointPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointResponse"];
                };
            };
        };
    };
    delete_webhook_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    rotate_webhook_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "overlap_hours": 24
                 *     }
                 */
                "application/json": components["schemas"]["RotateWebhookSecretPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookEndpointWithSecretResponse"];
                };
            };
        };
    };
    test_webhook_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestWebhookResponse"];
                };
            };
        };
    };
    list_webhook_deliveries: {
        parameters: {
            query?: {
                /** @description The event. */
                event_id?: string | null;
                status?: "PENDING" | "DELIVERED" | "FAILED" | null;
                /** @description How many at most; 100 unless said otherwise. */
                limit?: number | null;
                /** @description Where to go on: taken from the `Link` header of the page before. */
                cursor?: string | null;
            };
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryResponse"][];
                };
            };
        };
    };
    redeliver_webhooks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "event_id": "evt_4711"
                 *     }
                 */
                "application/json": components["schemas"]["RedeliverWebhooksPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RedeliverWebhooksResponse"];
                };
            };
        };
    };
    list_requests: {
        parameters: {
            query?: {
                /** @description Your own reference, any text. */
                reference_id?: string | null;
                /** @description What the path begins with. */
                path?: string | null;
                status?: number | null;
                /** @description What came after this call, oldest first. Without it the newest, newest first. */
                after?: string | null;
                /** @description How many at most; 50 unless said otherwise. */
                limit?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoggedRequestList"];
                };
            };
        };
    };
    get_payment_source_status: {
        parameters: {
            query: {
                /** @description Whether it is an invoice or an order. */
                source_type: "INVOICE" | "ORDER" | "SUBSCRIPTION";
                /** @description System id. */
                source_id: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PaymentSourceStatusResponse"];
                };
            };
        };
    };
    get_collection_realtime_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "session_id": 55,
                 *       "source_type": "INVOICE",
                 *       "reference_id": "550e8400-e29b-41d4-a716-446655440000"
                 *     }
                 */
                "application/json": components["schemas"]["CollectionRealtimeKeyPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RealtimeTokenResponse"];
                };
            };
        };
    };
    list_sandbox_scenarios: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxScenarios"];
                };
            };
        };
    };
    list_sandbox_payments: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxPayments"];
                };
            };
        };
    };
    approve_sandbox_payment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Your own reference, any text. */
                reference_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxPayerAnswer"];
                };
            };
        };
    };
    decline_sandbox_payment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Your own reference, any text. */
                reference_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxPayerAnswer"];
                };
            };
        };
    };
    ignore_sandbox_payment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Your own reference, any text. */
                reference_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxPayerAnswer"];
                };
            };
        };
    };
    get_sandbox_clock: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxClock"];
                };
            };
        };
    };
    advance_sandbox_clock: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "seconds": 3600
                 *     }
                 */
                "application/json": components["schemas"]["SandboxClockAdvancePayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxClock"];
                };
            };
        };
    };
    reset_sandbox: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxReset"];
                };
            };
        };
    };
    get_sandbox_faults: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxFaults"];
                };
            };
        };
    };
    set_sandbox_faults: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "seed": 42,
                 *       "faults": [
                 *         {
                 *           "fault": "lost_reply",
                 *           "next": 1,
                 *           "path": "/v1/executions/"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["SandboxFaultsPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxFaults"];
                };
            };
        };
    };
    clear_sandbox_faults: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxFaults"];
                };
            };
        };
    };
    start_sandbox_recording: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "seed": 42
                 *     }
                 */
                "application/json": components["schemas"]["SandboxRecordingPayload"];
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxRecording"];
                };
            };
        };
    };
    get_sandbox_recording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                seed: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxRecording"];
                };
            };
        };
    };
    replay_sandbox_recording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description System id. */
                seed: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SandboxRecording"];
                };
            };
        };
    };
}
