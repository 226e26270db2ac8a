using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Decoders;

/// <summary>
/// Represents the settings in which the members of the Llama family differ, read from <c>config.json</c> with the defaults of each
/// original.
/// </summary>
internal sealed record DecoderConfig
{
    private readonly bool[] _slides; // whether the attention of each layer is local
    private readonly int? _window;
    private readonly RotaryPositions _positions;
    private readonly RotaryPositions _localPositions;

    public DecoderConfig(ConfigurationFile file)
    {
        file.Check(Keys(file.Text("model_type")));
        var type = file.Text("model_type");
        var isGemma3 = type == "gemma3_text";
        IsGemma = isGemma3 || type == "gemma";
        HiddenSize = file.Width("hidden_size");
        LayerCount = file.Layers("num_hidden_layers");
        VocabularySize = file.Rows("vocab_size");
        MaxPositions = file.Rows("max_position_embeddings", 2048);
        InnerSize = file.Width("intermediate_size");
        Heads = file.Width("num_attention_heads");
        KeyHeads = file.Width("num_key_value_heads", Heads);
        HeadSize = file.Width("head_dim", IsGemma ? 256 : type == "qwen3" ? 128 : Math.Max(1, HiddenSize / Heads));
        Epsilon = file.Epsilon("rms_norm_eps", 1e-6f);
        Activation = IsGemma ? GemmaActivation(file, isGemma3) : file.ReadActivation("hidden_act", Activation.Silu);
        AttentionDropout = file.Dropout("attention_dropout");
        OutputBias = type != "qwen2" && file.Flag("attention_bias", false);
        JoinedBias = type == "qwen2" || OutputBias;
        InnerBias = file.Flag("mlp_bias", false);
        NormsHeads = isGemma3 || type == "qwen3";
        NormsOutputs = isGemma3;
        ScoreScale = isGemma3 ? MathF.Sqrt(HeadSize / file.Positive("query_pre_attn_scalar", 256)) : 1;
        var isBidirectional = file.Flag("use_bidirectional_attention", false);
        IsCausal = file.Flag("is_causal", true) && !isBidirectional;
        if (Heads % KeyHeads != 0)
        {
            throw file.Fault("num_key_value_heads", $"is {KeyHeads}, which does not divide 'num_attention_heads' {Heads}");
        }

        (_slides, _window) = LocalAttention(file, type, isBidirectional);
        var theta = file.Number("rope_theta", isGemma3 ? 1_000_000 : 10_000);
        _positions = RotaryConfiguration.Read(file, HeadSize, theta);
        _localPositions = isGemma3
            ? RotaryConfiguration.Read(file, HeadSize, file.Number("rope_local_base_freq", 10_000), "sliding_attention", scaled: false)
            : _positions;
    }

    public bool IsGemma { get; }

    /// <summary>Gets a value that indicates whether a token attends only to itself and the tokens before it.</summary>
    public bool IsCausal { get; }

    public int HiddenSize { get; }

    public int LayerCount { get; }

    public int VocabularySize { get; }

    public int MaxPositions { get; }

    public int InnerSize { get; }

    public int Heads { get; }

    public int KeyHeads { get; }

    public int HeadSize { get; }

    public float Epsilon { get; }

    public Activation Activation { get; }

    public float AttentionDropout { get; }

    /// <summary>Gets a value that indicates whether queries, keys and values have a bias.</summary>
    public bool JoinedBias { get; }

    /// <summary>Gets a value that indicates whether the layer after attention has a bias.</summary>
    public bool OutputBias { get; }

    public bool InnerBias { get; }

    /// <summary>Gets a value that indicates whether the queries and keys of each head are normalized.</summary>
    public bool NormsHeads { get; }

    /// <summary>Gets a value that indicates whether the outputs of the blocks are normalized too.</summary>
    public bool NormsOutputs { get; }

    /// <summary>Gets the factor of the attention scores besides 1 / √head size.</summary>
    public float ScoreScale { get; }

    /// <summary>Gets the number added to the scale of norms, which Gemma stores minus 1.</summary>
    public float NormOffset => IsGemma ? 1 : 0;

    /// <summary>Gets the factor of the word embeddings.</summary>
    public float EmbeddingScale => IsGemma ? MathF.Sqrt(HiddenSize) : 1;

    /// <summary>Creates the attention heads of a layer.</summary>
    public AttentionHeads HeadsOf(int layer, RmsNorm? queryNorm, RmsNorm? keyNorm)
    {
        var isLocal = _slides[layer] && _window is not null;
        return new AttentionHeads(Heads, HeadSize)
        {
            Layer = layer,
            IsCausal = IsCausal,
            Window = isLocal ? _window : null,
            Positions = isLocal ? _localPositions : _positions,
            QueryNorm = queryNorm,
            KeyNorm = keyNorm,
            Scale = ScoreScale,
            Dropout = AttentionDropout,
        };
    }

    // Returns the layers with local attention, and the distance below which their queries see keys.
    private (bool[] Slides, int? Window) LocalAttention(ConfigurationFile file, string? type, bool isBidirectional)
    {
        var never = new bool[LayerCount];
        if (type is not ("mistral" or "qwen2" or "qwen3" or "gemma3_text")
            || (type is "qwen2" or "qwen3" && !file.Flag("use_sliding_window", false)))
        {
            return (never, null);
        }

        var slides = type == "mistral" ? [.. never.Select(_ => true)] : LayerTypes.Slides(file, LayerCount, index => type == "gemma3_text"
            ? (index + 1) % file.Width("sliding_window_pattern", 6) != 0
            : index >= file.WholeNumber("max_window_layers", 0, 1 << 20, 28));
        if (file.IsNull("sliding_window"))
        {
            return type == "gemma3_text" && slides.Contains(true)
                ? throw file.Fault("sliding_window", "is null, but layers have sliding attention; expected a number of tokens")
                : (never, null);
        }

        var window = file.Rows("sliding_window", 4096);
        return (slides, IsCausal ? window : type == "gemma3_text" && isBidirectional ? (window / 2) + 1 : window + 1); // on each side
    }

    // Gemma's first files say gelu but mean its tanh approximation, which the original's first code used.
    private static Activation GemmaActivation(ConfigurationFile file, bool isGemma3) =>
        isGemma3 || file.Find("hidden_activation") is not null || file.Text("hidden_act") is null or "gelu"
            ? file.ReadActivation("hidden_activation", Activation.GeluTanh)
            : file.ReadActivation("hidden_act", Activation.GeluTanh);

    private static KnownKeys Keys(string? type)
    {
        var keys = new KnownKeys()
            .Supported(
                "attention_dropout", "head_dim", "hidden_size", "intermediate_size", "is_causal", "max_position_embeddings", "mlp_bias",
                "num_attention_heads", "num_hidden_layers",
                "num_key_value_heads", "pad_token_id", "partial_rotary_factor", "rms_norm_eps", "rope_parameters", "rope_scaling",
                "rope_theta", "tie_word_embeddings", "use_bidirectional_attention",
                "vocab_size")
            .Ignored("cache_implementation", "is_decoder", "pretraining_tp")
            .Unsupported("attn_logit_softcapping", "scores that are not capped")
            .Unsupported("use_mrope", "one position for each token", "false"); // of Qwen's models of images
        _ = type switch
        {
            "gemma" => keys.Supported("attention_bias", "final_logit_softcapping", "hidden_act", "hidden_activation"),
            "gemma3_text" => keys
                .Supported(
                    "attention_bias", "final_logit_softcapping", "hidden_activation", "layer_types", "query_pre_attn_scalar",
                    "rope_local_base_freq", "sliding_window", "sliding_window_pattern")
                .Ignored("_sliding_window_pattern", "hidden_act"), // the first is given along with layer_types
            "mistral" => keys.Supported("attention_bias", "final_logit_softcapping", "hidden_act", "sliding_window"),
            "qwen2" => keys
                .Supported(
                    "final_logit_softcapping", "hidden_act", "layer_types", "max_window_layers", "sliding_window", "use_sliding_window")
                .Ignored("attention_bias"), // queries, keys and values always have one
            "qwen3" =>
                keys.Supported(
                    "attention_bias", "final_logit_softcapping", "hidden_act", "layer_types", "max_window_layers", "sliding_window",
                    "use_sliding_window"),
            _ => keys.Supported("attention_bias", "final_logit_softcapping", "hidden_act"),
        };
        return keys.With(CommonKeys.All);
    }
}
