using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.T5;

/// <summary>Represents the settings of a T5 model, named as in its <c>config.json</c>; the defaults are those of t5-small.</summary>
public sealed record T5Config
{
    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported(
            "d_ff", "d_kv", "d_model", "dropout_rate", "feed_forward_proj", "layer_norm_epsilon", "num_decoder_layers", "num_heads",
            "num_layers", "relative_attention_max_distance",
            "relative_attention_num_buckets", "scale_decoder_outputs", "tie_word_embeddings", "vocab_size")
        .Alias("hidden_size", "d_model").Alias("num_attention_heads", "num_heads").Alias("num_hidden_layers", "num_layers")
        .Alias("head_dim", "d_kv")
        .Ignored("dense_act_fn", "is_encoder_decoder", "is_gated_act", "n_positions") // the first and third follow from feed_forward_proj
        .With(CommonKeys.All);

    /// <summary>Gets the vocabulary size: the number of token ids.</summary>
    public int VocabSize { get; init; } = 32128;

    /// <summary>Gets the width of a hidden state.</summary>
    public int DModel { get; init; } = 512;

    /// <summary>Gets the width of a head.</summary>
    public int DKv { get; init; } = 64;

    /// <summary>Gets the width inside the feed-forward block.</summary>
    public int DFf { get; init; } = 2048;

    /// <summary>Gets the number of the encoder's layers.</summary>
    public int NumLayers { get; init; } = 6;

    /// <summary>Gets the number of the decoder's layers.</summary>
    public int NumDecoderLayers { get; init; } = 6;

    /// <summary>Gets the number of attention heads.</summary>
    public int NumHeads { get; init; } = 8;

    /// <summary>Gets the number of buckets of distances.</summary>
    public int RelativeAttentionNumBuckets { get; init; } = 32;

    /// <summary>Gets the distance from which on all distances share a bucket.</summary>
    public int RelativeAttentionMaxDistance { get; init; } = 128;

    /// <summary>Gets the dropout probability of each block.</summary>
    public float DropoutRate { get; init; } = 0.1f;

    /// <summary>Gets the ε of every norm.</summary>
    public float LayerNormEpsilon { get; init; } = 1e-6f;

    /// <summary>Gets the activation inside the feed-forward block.</summary>
    public Activation DenseAct { get; init; } = Activation.Relu;

    /// <summary>
    /// Gets a value that indicates whether a second linear layer gates the first (Shazeer 2020, arXiv:2002.05202), as in T5 1.1.
    /// </summary>
    public bool IsGatedAct { get; init; }

    /// <summary>
    /// Gets a value that indicates whether the last layer is the table of word embeddings; its input is then scaled by 1 /
    /// √<see cref="DModel"/>.
    /// </summary>
    public bool TieWordEmbeddings { get; init; } = true;

    /// <summary>
    /// Gets a value that indicates whether the input of the decoder's last layer is scaled by 1 / √<see cref="DModel"/>; the same as
    /// <see cref="TieWordEmbeddings"/>, unless the file says otherwise.
    /// </summary>
    internal bool ScaleDecoderOutputs { get; init; } = true;

    /// <summary>Reads and checks a configuration.</summary>
    /// <exception cref="ModelFormatException">A field is missing, out of range or not supported.</exception>
    public static T5Config Read(ConfigurationFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.Check(Keys);
        const string FeedForward = "feed_forward_proj";
        const string Gated = "gated-";
        var activation = file.Text(FeedForward) ?? "relu";
        var isGated = activation.StartsWith(Gated, StringComparison.Ordinal);
        var layers = file.WholeNumber("num_layers", 0, BertConfig.MostLayers);
        var buckets = file.WholeNumber("relative_attention_num_buckets", 4, BertConfig.LargestWidth, 32);
        return new T5Config
        {
            VocabSize = file.WholeNumber("vocab_size", 1, BertConfig.LargestTable),
            DModel = file.WholeNumber("d_model", 1, BertConfig.LargestWidth),
            DKv = file.WholeNumber("d_kv", 1, BertConfig.LargestWidth),
            DFf = file.WholeNumber("d_ff", 1, BertConfig.LargestWidth),
            NumLayers = layers,
            NumDecoderLayers = file.WholeNumber("num_decoder_layers", 0, BertConfig.MostLayers, layers),
            NumHeads = file.WholeNumber("num_heads", 1, BertConfig.LargestWidth),
            RelativeAttentionNumBuckets = buckets,
            RelativeAttentionMaxDistance = file.WholeNumber(
                "relative_attention_max_distance", buckets, BertConfig.LargestTable, Math.Max(buckets, 128)),
            DropoutRate = BertConfig.Probability(file, "dropout_rate", 0.1f),
            LayerNormEpsilon = file.Epsilon("layer_norm_epsilon", 1e-6f),
            // The gated GELU of T5 1.1 is the tanh approximation.
            DenseAct = activation == Gated + "gelu"
                ? Activation.GeluTanh
                : file.ActivationOf(FeedForward, isGated ? activation[Gated.Length..] : activation, Gated + "…"),
            IsGatedAct = isGated,
            TieWordEmbeddings = file.Flag("tie_word_embeddings", true),
            ScaleDecoderOutputs = file.Flag("scale_decoder_outputs", file.Flag("tie_word_embeddings", true)),
        };
    }
}
