using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Decoders;

/// <summary>What tells the members of the Llama family apart, read from <c>config.json</c> with the defaults of each original.</summary>
internal sealed record DecoderConfig
{
    private readonly ConfigurationFile _file;
    private readonly RotaryPositions _positions;
    private readonly RotaryPositions _localPositions;

    public DecoderConfig(ConfigurationFile file)
    {
        _file = file;
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
        Epsilon = file.Number("rms_norm_eps", 1e-6f);
        Activation = IsGemma ? file.ReadActivation("hidden_activation", Activation.GeluTanh) : file.ReadActivation("hidden_act", Activation.Silu);
        AttentionDropout = file.Dropout("attention_dropout");
        OutputBias = type != "qwen2" && file.Flag("attention_bias", false);
        JoinedBias = type == "qwen2" || OutputBias;
        InnerBias = file.Flag("mlp_bias", false);
        NormsHeads = isGemma3 || type == "qwen3";
        NormsOutputs = isGemma3;
        ScoreScale = isGemma3 ? MathF.Sqrt(HeadSize / file.Number("query_pre_attn_scalar", 256)) : 1;
        IsCausal = file.Flag("isIsCausal", true) && !file.Flag("use_bidirectional_attention", false);
        if (Heads % KeyHeads != 0)
        {
            throw file.Fault("num_key_value_heads", $"is {KeyHeads}, which does not divide 'num_attention_heads' {Heads}");
        }

        if (file.Find("attn_logit_softcapping") is not null)
        {
            throw file.Fault("attn_logit_softcapping", "is set; scores that are capped are not supported");
        }

        var theta = file.Number("rope_theta", isGemma3 ? 1_000_000 : 10_000);
        _positions = RotaryConfiguration.Read(file, HeadSize, theta);
        _localPositions = isGemma3
            ? RotaryConfiguration.Read(file, HeadSize, file.Number("rope_local_base_freq", 10_000), "sliding_attention", scaled: false)
            : _positions;
    }

    public bool IsGemma { get; }

    /// <summary>Whether a token sees nothing that comes after it.</summary>
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

    /// <summary>Whether queries, keys and values have a bias.</summary>
    public bool JoinedBias { get; }

    /// <summary>Whether the layer after attention has a bias.</summary>
    public bool OutputBias { get; }

    public bool InnerBias { get; }

    /// <summary>Whether the queries and keys of each head are normalised.</summary>
    public bool NormsHeads { get; }

    /// <summary>Whether the outputs of the blocks are normalised too.</summary>
    public bool NormsOutputs { get; }

    /// <summary>What scores are multiplied by beside 1 / √head size.</summary>
    public float ScoreScale { get; }

    /// <summary>Gemma's norms keep their scale less one.</summary>
    public float NormOffset => IsGemma ? 1 : 0;

    /// <summary>What word rows are multiplied by.</summary>
    public float EmbeddingScale => IsGemma ? MathF.Sqrt(HiddenSize) : 1;

    /// <summary>How the heads of a layer look.</summary>
    public AttentionHeads HeadsOf(int layer, RmsNorm? queryNorm, RmsNorm? keyNorm)
    {
        var window = Window(layer);
        return new AttentionHeads(Heads, HeadSize)
        {
            Layer = layer,
            IsCausal = IsCausal,
            Window = window,
            Positions = window is null ? _positions : _localPositions,
            QueryNorm = queryNorm,
            KeyNorm = keyNorm,
            Scale = ScoreScale,
            Dropout = AttentionDropout,
        };
    }

    private int? Window(int layer)
    {
        var type = _file.Text("model_type");
        var slides = type switch
        {
            "mistral" => true,
            "qwen2" or "qwen3" => _file.Flag("use_sliding_window", false) && (_file.Find("layer_types") is not null || layer >= _file.WholeNumber("max_window_layers", 0, 1 << 20, 28)),
            "gemma3_text" => _file.Find("layer_types") is not null || (layer + 1) % _file.Width("sliding_window_pattern", 6) != 0,
            _ => false,
        };
        if (!slides || !IsSlidingLayer(layer) || (_file.Find("sliding_window") is null && type != "gemma3_text"))
        {
            return null;
        }

        var window = _file.Rows("sliding_window", 4096);
        return IsCausal || type != "gemma3_text" ? window : (window / 2) + 1; // on each side
    }

    private bool IsSlidingLayer(int layer)
    {
        if (_file.Find("layer_types") is null)
        {
            return true;
        }

        var types = _file.Texts("layer_types");
        return types.FirstOrDefault(type => type is not ("sliding_attention" or "full_attention")) is { } unknown
            ? throw _file.Fault("layer_types", $"has '{unknown}'; supported are full_attention and sliding_attention")
            : types.Count == LayerCount ? types[layer] == "sliding_attention"
            : throw _file.Fault("layer_types", $"has {types.Count} entries; expected one for each of the {LayerCount} layers");
    }
}
