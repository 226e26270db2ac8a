using System.Text.Json;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Bert;

/// <summary>
/// Represents the settings of a BERT model, named as in its <c>config.json</c>; the defaults are those of bert-base-uncased.
/// </summary>
public sealed record BertConfig
{
    // Limits far above every published model; larger values are rejected as damage.
    internal const int LargestWidth = 1 << 16;
    internal const int LargestTable = 1 << 24;
    internal const int MostLayers = 1024;

    /// <summary>Gets the keys of BERT's <c>config.json</c>; its variants add their own.</summary>
    internal static KnownKeys Keys => new KnownKeys()
        .Supported(
            "attention_probs_dropout_prob", "hidden_act", "hidden_dropout_prob", "hidden_size", "intermediate_size", "is_decoder",
            "layer_norm_eps", "max_position_embeddings",
            "num_attention_heads", "num_hidden_layers", "type_vocab_size", "vocab_size")
        // of BERT's first checkpoints, not used by the original
        .Ignored(
            "directionality", "pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers", "pooler_size_per_head", "pooler_type")
        .Unsupported("position_embedding_type", "absolute", "\"absolute\"");

    /// <summary>Returns the keys of an encoder's or of a decoder's configuration.</summary>
    internal static KnownKeys KeysOf(bool decoder) =>
        decoder ? Keys.Ignored("add_cross_attention", "is_causal", "tie_encoder_decoder") : Keys;

    /// <summary>Gets the vocabulary size: the number of token ids.</summary>
    public int VocabSize { get; init; } = 30522;

    /// <summary>Gets the width of a hidden state.</summary>
    public int HiddenSize { get; init; } = 768;

    /// <summary>Gets the number of layers.</summary>
    public int NumHiddenLayers { get; init; } = 12;

    /// <summary>Gets the number of attention heads, which divides <see cref="HiddenSize"/>.</summary>
    public int NumAttentionHeads { get; init; } = 12;

    /// <summary>Gets the width inside the feed-forward block.</summary>
    public int IntermediateSize { get; init; } = 3072;

    /// <summary>Gets the activation inside the feed-forward block.</summary>
    public Activation HiddenAct { get; init; } = Activation.Gelu;

    /// <summary>Gets the maximum sequence length in tokens.</summary>
    public int MaxPositionEmbeddings { get; init; } = 512;

    /// <summary>Gets the number of token types; 0 if the model has none.</summary>
    public int TypeVocabSize { get; init; } = 2;

    /// <summary>Gets the ε of every layer norm.</summary>
    public float LayerNormEps { get; init; } = 1e-12f;

    /// <summary>Gets the dropout probability of each block's output.</summary>
    public float HiddenDropoutProb { get; init; } = 0.1f;

    /// <summary>Gets the dropout probability of the attention weights.</summary>
    public float AttentionProbsDropoutProb { get; init; } = 0.1f;

    /// <summary>Reads and checks a configuration.</summary>
    /// <exception cref="ModelFormatException">A field is missing, out of range or not supported.</exception>
    public static BertConfig Read(ConfigurationFile file) => Read(file, new BertConfig());

    // BERT's variants kept its names; each has its own defaults for absent fields.
    internal static BertConfig Read(ConfigurationFile file, BertConfig defaults, bool decoder = false)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Flag("is_decoder", false) && !decoder)
        {
            throw file.Fault("is_decoder", "is true; expected an encoder (load a decoder with Decoder.Load)");
        }

        var config = new BertConfig
        {
            VocabSize = file.WholeNumber("vocab_size", 1, LargestTable),
            HiddenSize = file.WholeNumber("hidden_size", 1, LargestWidth),
            NumHiddenLayers = file.WholeNumber("num_hidden_layers", 0, MostLayers),
            NumAttentionHeads = file.WholeNumber("num_attention_heads", 1, LargestWidth),
            IntermediateSize = file.WholeNumber("intermediate_size", 1, LargestWidth),
            HiddenAct = file.ReadActivation("hidden_act", defaults.HiddenAct),
            MaxPositionEmbeddings = file.WholeNumber("max_position_embeddings", 1, LargestTable, defaults.MaxPositionEmbeddings),
            TypeVocabSize = file.WholeNumber("type_vocab_size", 0, LargestWidth, defaults.TypeVocabSize),
            LayerNormEps = file.Epsilon("layer_norm_eps", defaults.LayerNormEps),
            HiddenDropoutProb = Probability(file, "hidden_dropout_prob", defaults.HiddenDropoutProb),
            AttentionProbsDropoutProb = Probability(file, "attention_probs_dropout_prob", defaults.AttentionProbsDropoutProb),
        };
        return config.Checked(file, "num_attention_heads", "hidden_size");
    }

    /// <summary>Returns the settings if the number of heads divides the width.</summary>
    internal BertConfig Checked(ConfigurationFile file, string heads, string width) => HiddenSize % NumAttentionHeads == 0
        ? this
        : throw file.Fault(heads, $"is {NumAttentionHeads}, which does not divide '{width}' {HiddenSize}");

    /// <summary>Writes a <c>config.json</c> that the original library reads.</summary>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteStartArray("architectures");
        json.WriteStringValue("BertModel");
        json.WriteEndArray();
        json.WriteNumber("attention_probs_dropout_prob", (double)(decimal)AttentionProbsDropoutProb);
        json.WriteString("hidden_act", ActivationNames.NameOf(HiddenAct));
        json.WriteNumber("hidden_dropout_prob", (double)(decimal)HiddenDropoutProb);
        json.WriteNumber("hidden_size", HiddenSize);
        json.WriteNumber("initializer_range", 0.02);
        json.WriteNumber("intermediate_size", IntermediateSize);
        json.WriteNumber("layer_norm_eps", (double)(decimal)LayerNormEps);
        json.WriteNumber("max_position_embeddings", MaxPositionEmbeddings);
        json.WriteString("model_type", "bert");
        json.WriteNumber("num_attention_heads", NumAttentionHeads);
        json.WriteNumber("num_hidden_layers", NumHiddenLayers);
        json.WriteNumber("pad_token_id", 0);
        json.WriteString("position_embedding_type", "absolute");
        json.WriteNumber("type_vocab_size", TypeVocabSize);
        json.WriteNumber("vocab_size", VocabSize);
        json.WriteEndObject();
    }

    internal static float Probability(ConfigurationFile file, string field, float fallback)
    {
        var value = file.Number(field, fallback);
        return value is >= 0 and < 1 ? value : throw file.Fault(field, $"is {value}; expected a number from 0 to below 1");
    }
}
