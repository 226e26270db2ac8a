using System.Text.Json.Nodes;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Deberta;

/// <summary>Represents the common part of both versions of DeBERTa: BERT's layers with disentangled attention, without a pooler.</summary>
public abstract class DebertaEncoder : BertEncoder
{
    private readonly RelativeEmbeddings? _relative;

    private protected DebertaEncoder(
        ConfigurationFile configuration, ModelParameters own, BertConfig config, BertEmbeddings embeddings,
        IReadOnlyList<TransformerLayer> layers, RelativeEmbeddings? relative)
        : base(configuration, own, config, embeddings, layers, pooler: null) => _relative = relative;

    /// <summary>Gets the keys that both versions have.</summary>
    private protected static KnownKeys Keys => BertConfig.Keys
        .Supported(
            "embedding_size", "max_relative_positions", "pooler_hidden_act", "pos_att_type", "position_biased_input", "relative_attention")
        // the file itself shows how its weights are named and shaped
        .Ignored("legacy", "padding_idx", "pooler_dropout", "pooler_hidden_size");

    /// <summary>Reads the settings that have the same names in both versions.</summary>
    private protected static BertConfig ReadConfig(ConfigurationFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var config = BertConfig.Read(file, new BertConfig { LayerNormEps = 1e-7f, TypeVocabSize = 0 });
        var width = file.WholeNumber("embedding_size", 1, BertConfig.LargestWidth, config.HiddenSize);
        return width == config.HiddenSize
            ? config
            : throw file.Fault("embedding_size", $"is {width}, other than 'hidden_size' {config.HiddenSize}; that is not supported");
    }

    /// <summary>Reads the largest distance that differs from larger ones.</summary>
    private protected static int MaxDistance(ConfigurationFile file, BertConfig config)
    {
        var distance = file.WholeNumber("max_relative_positions", int.MinValue, BertConfig.LargestTable, -1);
        return distance < 1 ? config.MaxPositionEmbeddings : distance;
    }

    /// <summary>Reads the kinds of position scores: a list, or in published files a string such as <c>p2c|c2p</c>.</summary>
    private protected static IReadOnlyCollection<string> PositionTypes(ConfigurationFile file)
    {
        const string Field = "pos_att_type";
        var types = file.Find(Field) is { ValueKind: System.Text.Json.JsonValueKind.String } text
            ? text.GetString()!.ToLowerInvariant().Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : file.Texts(Field);
        return types.FirstOrDefault(type => type is not ("c2p" or "p2c")) is { } unknown
            ? throw file.Fault(Field, $"has '{unknown}'; supported are c2p and p2c")
            : types;
    }

    /// <summary>Creates the classes of the original.</summary>
    private protected static IReadOnlyList<ArchitectureClass> Classes(string name) =>
    [
        new(name + "Model"),
        BertHeads.MaskedLanguageModel(name + "ForMaskedLM"),
        .. BertHeads.Dense(name, "pooler.dense", PoolerActivation),
    ];

    /// <summary>Creates the fields that both versions have in a new configuration.</summary>
    private protected static JsonObject NewDeberta(
        ModelSizes sizes, string className, params string[] positionTypes) => BertModel.NewBert(sizes, className, types: 0).With(
        ("relative_attention", true), ("pos_att_type", new JsonArray([.. positionTypes.Select(type => (JsonNode)type)])),
        ("max_relative_positions", -1), ("position_biased_input", false),
        ("layer_norm_eps", 1e-7));

    /// <summary>Creates the embeddings, with learned positions if the configuration says so.</summary>
    private protected static BertEmbeddings Embeddings(ConfigurationFile configuration, BertConfig config, ModelParameters own)
    {
        PoolerActivation(configuration); // an error is reported even without a head
        return new BertEmbeddings(config, own, config.HiddenSize, positions: configuration.Flag("position_biased_input", true));
    }

    /// <inheritdoc/>
    protected override AttentionContext Share(Computation run, PackedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return new DisentangledContext(base.Share(run, batch)) { Relative = _relative?.Of(run, batch.LongestSequence) };
    }

    private static Activation PoolerActivation(ConfigurationFile configuration) =>
        configuration.ReadActivation("pooler_hidden_act", Activation.Gelu);
}
