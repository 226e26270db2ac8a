using System.Text.Json;
using System.Text.Json.Nodes;

namespace Semblance.Transformers;

/// <summary>The <c>config.json</c> of a new model, with the fields of each original.</summary>
public static class NewConfiguration
{
    private static readonly Dictionary<string, Func<ModelSizes, int, JsonObject>> Known = new(StringComparer.Ordinal)
    {
        ["albert"] = (s, inner) => With(Bert(s, inner, "AlbertModel", types: 2), ("hidden_act", "gelu_new"), ("embedding_size", Math.Min(128, s.HiddenSize)), ("num_hidden_groups", 1), ("inner_group_num", 1)),
        ["bert"] = (s, inner) => Bert(s, inner, "BertModel", types: 2),
        ["camembert"] = (s, inner) => Roberta(s, inner, "CamembertModel"),
        ["deberta"] = (s, inner) => With(Bert(s, inner, "DebertaModel", types: 0), ("relative_attention", true), ("pos_att_type", new JsonArray("c2p", "p2c")), ("max_relative_positions", -1), ("position_biased_input", false), ("layer_norm_eps", 1e-7)),
        ["deberta-v2"] = (s, inner) => With(
            Bert(s, inner, "DebertaV2Model", types: 0),
            ("relative_attention", true), ("pos_att_type", new JsonArray("p2c", "c2p")), ("max_relative_positions", -1), ("position_biased_input", false), ("layer_norm_eps", 1e-7),
            ("position_buckets", Math.Min(256, s.MaxPositionEmbeddings)), ("norm_rel_ebd", "layer_norm"), ("share_att_key", true)),
        ["distilbert"] = (s, inner) => With(
            Common(s, "DistilBertModel"), ("dim", s.HiddenSize), ("n_layers", s.NumHiddenLayers), ("n_heads", s.NumAttentionHeads), ("hidden_dim", inner), ("activation", "gelu"),
            ("max_position_embeddings", s.MaxPositionEmbeddings), ("dropout", Decimal(s.Dropout)), ("attention_dropout", Decimal(s.Dropout)), ("sinusoidal_pos_embds", false)),
        ["electra"] = (s, inner) => With(Bert(s, inner, "ElectraModel", types: 2), ("embedding_size", Math.Min(128, s.HiddenSize))),
        ["gemma"] = (s, inner) => With(Llama(s, inner, "GemmaModel", "hidden_activation", "gelu_pytorch_tanh"), ("head_dim", s.HiddenSize / s.NumAttentionHeads)),
        ["gemma3_text"] = (s, inner) => With(
            Llama(s, inner, "Gemma3TextModel", "hidden_activation", "gelu_pytorch_tanh"), ("head_dim", s.HiddenSize / s.NumAttentionHeads),
            ("query_pre_attn_scalar", s.HiddenSize / s.NumAttentionHeads), ("rope_theta", 1_000_000), ("rope_local_base_freq", 10_000), ("sliding_window", 512), ("sliding_window_pattern", 6)),
        ["gpt2"] = (s, inner) => With(
            Common(s, "GPT2Model"), ("n_embd", s.HiddenSize), ("n_layer", s.NumHiddenLayers), ("n_head", s.NumAttentionHeads), ("n_inner", inner), ("n_positions", s.MaxPositionEmbeddings),
            ("activation_function", "gelu_new"), ("layer_norm_epsilon", 1e-5), ("embd_pdrop", Decimal(s.Dropout)), ("attn_pdrop", Decimal(s.Dropout)), ("resid_pdrop", Decimal(s.Dropout))),
        ["llama"] = (s, inner) => Llama(s, inner, "LlamaModel"),
        ["mistral"] = (s, inner) => With(Llama(s, inner, "MistralModel"), ("sliding_window", null)),
        ["modernbert"] = (s, inner) => With(
            Common(s, "ModernBertModel"), ("hidden_size", s.HiddenSize), ("num_hidden_layers", s.NumHiddenLayers), ("num_attention_heads", s.NumAttentionHeads), ("intermediate_size", inner),
            ("max_position_embeddings", s.MaxPositionEmbeddings), ("hidden_activation", "gelu"), ("norm_eps", 1e-5), ("norm_bias", false), ("attention_bias", false), ("mlp_bias", false),
            ("global_attn_every_n_layers", 3), ("local_attention", 128), ("global_rope_theta", 160_000.0), ("local_rope_theta", 10_000.0),
            ("embedding_dropout", Decimal(s.Dropout)), ("attention_dropout", Decimal(s.Dropout)), ("mlp_dropout", Decimal(s.Dropout))),
        ["mpnet"] = (s, inner) => With(Bert(s with { PadTokenId = 1 }, inner, "MPNetModel", types: null), ("max_position_embeddings", s.MaxPositionEmbeddings + 2), ("relative_attention_num_buckets", 32)),
        ["nomic_bert"] = (s, inner) => With(
            Common(s, "NomicBertModel"), ("n_embd", s.HiddenSize), ("n_layer", s.NumHiddenLayers), ("n_head", s.NumAttentionHeads), ("n_inner", inner), ("n_positions", s.MaxPositionEmbeddings),
            ("activation_function", "swiglu"), ("layer_norm_epsilon", 1e-12), ("rotary_emb_fraction", 1.0), ("rotary_emb_base", 10_000), ("type_vocab_size", 2), ("prenorm", false),
            ("qkv_proj_bias", false), ("mlp_fc1_bias", false), ("mlp_fc2_bias", false), ("attn_pdrop", Decimal(s.Dropout)), ("resid_pdrop", Decimal(s.Dropout))),
        ["qwen2"] = (s, inner) => Llama(s, inner, "Qwen2Model"),
        ["qwen3"] = (s, inner) => With(Llama(s, inner, "Qwen3Model"), ("head_dim", s.HiddenSize / s.NumAttentionHeads)),
        ["roberta"] = (s, inner) => Roberta(s, inner, "RobertaModel"),
        ["t5"] = (s, inner) => With(
            Common(s, "T5EncoderModel"), ("d_model", s.HiddenSize), ("num_layers", s.NumHiddenLayers), ("num_heads", s.NumAttentionHeads), ("d_kv", s.HiddenSize / s.NumAttentionHeads), ("d_ff", inner),
            ("dropout_rate", Decimal(s.Dropout)), ("feed_forward_proj", "relu"), ("layer_norm_epsilon", 1e-6), ("relative_attention_num_buckets", 32), ("relative_attention_max_distance", 128),
            ("decoder_start_token_id", s.PadTokenId), ("is_encoder_decoder", true)),
        ["xlm-roberta"] = (s, inner) => Roberta(s, inner, "XLMRobertaModel"),
    };

    /// <summary>The architectures that a new model can have, by their <c>model_type</c>.</summary>
    public static IReadOnlyCollection<string> Architectures => Known.Keys;

    /// <exception cref="ArgumentException">The architecture is unknown, or a size is not possible.</exception>
    internal static ConfigurationFile Create(string architecture, ModelSizes sizes)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(sizes);
        if (!Known.TryGetValue(architecture, out var create))
        {
            throw new ArgumentException($"There is no new '{architecture}'; architectures are {string.Join(", ", Architectures)}.", nameof(architecture));
        }

        if (sizes.NumAttentionHeads < 1 || sizes.HiddenSize % sizes.NumAttentionHeads != 0)
        {
            throw new ArgumentException($"{sizes.NumAttentionHeads} heads do not divide the hidden size of {sizes.HiddenSize}.", nameof(sizes));
        }

        var config = create(sizes, sizes.IntermediateSize ?? checked(4 * sizes.HiddenSize));
        config["model_type"] = architecture;
        return ConfigurationFile.Of("the new config.json", JsonElement.Parse(config.ToJsonString()));
    }

    private static JsonObject Common(ModelSizes s, string className)
    {
        var config = new JsonObject { ["architectures"] = new JsonArray(className), ["vocab_size"] = s.VocabSize, ["pad_token_id"] = s.PadTokenId, ["initializer_range"] = 0.02 };
        return With(config, [.. s.BosTokenId is { } bos ? [("bos_token_id", bos)] : Array.Empty<(string, JsonNode?)>(), .. s.EosTokenId is { } eos ? [("eos_token_id", eos)] : Array.Empty<(string, JsonNode?)>()]);
    }

    private static JsonObject Bert(ModelSizes s, int inner, string className, int? types) => With(
        Common(s, className), ("hidden_size", s.HiddenSize), ("num_hidden_layers", s.NumHiddenLayers), ("num_attention_heads", s.NumAttentionHeads), ("intermediate_size", inner),
        ("hidden_act", "gelu"), ("max_position_embeddings", s.MaxPositionEmbeddings), ("type_vocab_size", types ?? 0), ("layer_norm_eps", 1e-12),
        ("hidden_dropout_prob", Decimal(s.Dropout)), ("attention_probs_dropout_prob", Decimal(s.Dropout)));

    // Positions begin after the padding id.
    private static JsonObject Roberta(ModelSizes s, int inner, string className) =>
        With(Bert(s, inner, className, types: 1), ("layer_norm_eps", 1e-5), ("max_position_embeddings", s.MaxPositionEmbeddings + s.PadTokenId + 1));

    private static JsonObject Llama(ModelSizes s, int inner, string className, string activationField = "hidden_act", string activation = "silu") => With(
        Common(s, className), ("hidden_size", s.HiddenSize), ("num_hidden_layers", s.NumHiddenLayers), ("num_attention_heads", s.NumAttentionHeads), ("num_key_value_heads", s.NumAttentionHeads),
        ("intermediate_size", inner), (activationField, activation), ("max_position_embeddings", s.MaxPositionEmbeddings), ("rms_norm_eps", 1e-6), ("rope_theta", 10_000.0),
        ("attention_dropout", Decimal(s.Dropout)), ("tie_word_embeddings", true));

    private static JsonObject With(JsonObject config, params ReadOnlySpan<(string Field, JsonNode? Value)> fields)
    {
        foreach (var (field, value) in fields)
        {
            config[field] = value;
        }

        return config;
    }

    // 0.1 and not 0.10000000149.
    private static double Decimal(float value) => (double)(decimal)value;
}
