using Semblance.Files.Json;

namespace Semblance.Tokenizers.Loading;

/// <summary>
/// Provides the keys of the files of a tokenizer and the use of each. The keys of components are declared with their types.
/// </summary>
internal static class TokenizerKeys
{
    /// <summary>The keys of tokenizer.json.</summary>
    public static readonly KnownKeys Root = new KnownKeys()
        .Supported("added_tokens", "decoder", "model", "normalizer", "padding", "post_processor", "pre_tokenizer", "truncation")
        .Unsupported("version", "\"1.0\"", "\"1.0\"");

    /// <summary>The keys of an added token; its id follows from the order, as in the reference.</summary>
    public static readonly KnownKeys AddedToken = new KnownKeys()
        .Supported("content", "lstrip", "normalized", "rstrip", "single_word", "special")
        .Ignored("id", "__type");

    /// <summary>The keys of the truncation section; <see cref="TokenizerOptions"/> has <c>stride</c> and <c>strategy</c>.</summary>
    public static readonly KnownKeys Truncation = new KnownKeys().Supported("direction", "max_length").Ignored("strategy", "stride");

    /// <summary>The keys of the padding section; <see cref="PaddingOptions"/> has the ignored ones.</summary>
    public static readonly KnownKeys Padding = new KnownKeys()
        .Supported("direction", "pad_token")
        .Ignored("pad_id", "pad_to_multiple_of", "pad_type_id", "strategy");

    /// <summary>The keys of a pattern of Replace and Split.</summary>
    public static readonly KnownKeys Pattern = new KnownKeys().Supported("Regex", "String");

    /// <summary>The keys of a part of a template.</summary>
    public static readonly KnownKeys TemplatePart = new KnownKeys().Supported("Sequence", "SpecialToken");

    /// <summary>The keys of the content of a part of a template.</summary>
    public static readonly KnownKeys TemplatePiece = new KnownKeys().Supported("id", "type_id");

    /// <summary>The keys of a special token of a template.</summary>
    public static readonly KnownKeys TemplateToken = new KnownKeys().Supported("ids").Ignored("id", "tokens");

    /// <summary>The keys of special_tokens_map.json; any other name that ends with <c>_token</c> is a special token too.</summary>
    public static readonly KnownKeys SpecialTokensMap = new KnownKeys().Supported(
        "additional_special_tokens", "bos_token", "cls_token", "eos_token", "extra_special_tokens", "mask_token", "pad_token", "sep_token", "unk_token");

    /// <summary>The keys of tokenizer_config.json; any other name that ends with <c>_token</c> is a special token too.</summary>
    public static readonly KnownKeys Configuration = new KnownKeys()
        .Supported(
            "add_bos_token", "add_eos_token", "add_prefix_space", "added_tokens_decoder", "clean_up_tokenization_spaces",
            "clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output", "do_lower_case", "extra_ids", "keep_accents", "legacy",
            "legacy_behaviour", "max_len", "model_max_length", "model_specific_special_tokens", "padding_side", "split_by_punct", "split_special_tokens",
            "src_lang", "strip_accents", "tokenize_chinese_chars", "tokenizer_class", "trim_offsets", "truncation_side")
        .Ignored(
            // Read by others: templates of chats and of rerankers.
            "chat_template", "response_schema", "response_template",
            // Options of a call.
            "max_length", "pad_to_max_length", "pad_to_multiple_of", "pad_token_type_id", "padding", "return_attention_mask", "return_tensors",
            "return_token_type_ids", "stride", "truncation", "truncation_strategy",
            // The origin of the files and their readers.
            "added_tokens_file", "auto_map", "backend", "device_map", "fast_tokenizer_files", "files_loaded", "from_slow", "init_inputs", "is_local",
            "local_files_only", "merges_file", "model_input_names", "name_or_path", "processor_class", "slow_tokenizer_class", "special_tokens_map_file",
            "tokenizer_file", "tokenizer_type", "trust_remote_code", "use_fast", "verbose", "vocab_file",
            // Options of the tokenizers in Python that the fast tokenizers do not apply.
            "clean_text", "do_basic_tokenize", "errors", "never_split", "remove_space", "sp_model_kwargs", "spaces_between_special_tokens", "vocab_type",
            "wordpieces_prefix",
            // Options of other tasks: layouts, speech, targets of translation, chats.
            "cls_token_box", "language", "only_label_first_subword", "pad_token_box", "pad_token_label", "predict_timestamps", "sep_token_box", "task",
            "tgt_lang", "use_default_system_prompt", "use_token_type_ids")
        .Unsupported("fix_mistral_regex", "the regular expression of tokenizer.json as it stands", "false")
        .With(SpecialTokensMap);
}
