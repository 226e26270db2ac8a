using Semblance.Files.Json;

namespace Semblance.Transformers;

/// <summary>
/// Provides the keys that <c>config.json</c> may have for every architecture: those of transformers' <c>PreTrainedConfig</c>, versions 4
/// and 5.
/// </summary>
public static class CommonKeys
{
    private const string NoEncoderDecoder = "an encoder or a decoder alone";

    /// <summary>Gets the keys, to which those of an architecture are added.</summary>
    public static KnownKeys All { get; } = new KnownKeys()
        .Supported("architectures", "id2label", "model_type", "num_labels", "problem_type", "thresholds")

        // The author of the file, the tools that wrote it, and how the original computes; the type of the weights is that of their file.
        .Ignored(
            "_attn_implementation", "_attn_implementation_autoset", "_attn_implementation_internal", "_commit_hash", "_name_or_path",
            "_num_labels", "attn_implementation", "auto_map", "custom_pipelines",
            "dtype", "experts_implementation", "language", "name", "name_or_path", "output_attentions", "output_hidden_states",
            "output_past", "return_dict", "tf_legacy_loss", "tokenizer_class",
            "torch_dtype", "torchscript", "transformers_version", "use_bfloat16", "use_cache", "use_return_dict", "chunk_size_feed_forward")

        // Training and pipelines of the original; the names of labels are in id2label, and a head's own vocabulary matrix is seen among the
        // weights.
        .Ignored(
            "classifier_dropout", "finetuning_task", "gradient_checkpointing", "initializer_factor", "initializer_range", "label2id",
            "prefix", "task_specific_params",
            "pad_token_id", "tie_word_embeddings")

        // A cross-encoder's settings, which CrossEncoder reads.
        .Ignored("sbert_ce_default_activation_function", "sentence_transformers")

        // Special tokens are the tokenizer's, and settings of generation are read by GenerationConfig.
        .Ignored("cls_token_id", "mask_token_id", "sep_token_id", "unk_token_id")
        .Ignored([.. GenerationKeys])
        .Unsupported(
            "adapters", "models without adapters; merge them into the weights first", "{}",
            """{"adapters": {}, "config_map": {}, "fusion_config_map": {}, "fusions": {}}""")
        .Unsupported("add_cross_attention", NoEncoderDecoder + "; Decoder.Load reads a decoder with cross-attention", "false")
        .Unsupported("compression_config", "weights that are not compressed", "{}")
        .Unsupported("cross_attention_hidden_size", NoEncoderDecoder)
        .Unsupported("is_causal", "the architecture's own direction of attention", "false")
        .Unsupported("is_decoder", "an encoder", "false")
        .Unsupported("is_encoder_decoder", NoEncoderDecoder, "false")
        .Unsupported("per_layer_config", "the same settings in all layers", "{}")
        .Unsupported("pruned_heads", "all heads of each layer", "{}")
        .Unsupported(
            "quantization_config", "weights of float32, float16, bfloat16 or the int8 of this library", "{}",
            """{"quant_method": "semblance-int8"}""")
        .Unsupported("sparsity_config", "dense weights", "{}")
        .Unsupported("tie_encoder_decoder", NoEncoderDecoder, "false");

    /// <summary>Gets the generation settings that older files have in <c>config.json</c>.</summary>
    public static IReadOnlyList<string> GenerationKeys =>
    [
        "bad_words_ids", "begin_suppress_tokens", "bos_token_id", "decoder_start_token_id", "diversity_penalty", "do_sample",
        "early_stopping", "encoder_no_repeat_ngram_size", "eos_token_id",
        "exponential_decay_length_penalty", "forced_bos_token_id", "forced_eos_token_id", "length_penalty", "max_length", "max_new_tokens",
        "min_length", "min_new_tokens", "no_repeat_ngram_size",
        "num_beam_groups", "num_beams", "num_return_sequences", "output_scores", "remove_invalid_values", "repetition_penalty",
        "return_dict_in_generate", "suppress_tokens", "temperature", "top_k",
        "top_p", "typical_p",
    ];
}
