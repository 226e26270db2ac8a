using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Deberta;

/// <summary>What DeBERTa and its second version have in common: BERT's layers with disentangled attention, without pooler.</summary>
public abstract class DebertaEncoder : BertEncoder
{
    private readonly string _class;
    private readonly RelativeEmbeddings? _relative;
    private readonly Activation _poolerActivation;

    private protected DebertaEncoder(
        string modelType, string className, BertConfig config, Weights weights, ConfigurationFile source, RelativeEmbeddings? relative, BertLayer[] layers)
        : base(
            modelType,
            config,
            weights,
            source,
            new BertEmbeddings(config, weights, config.HiddenSize, positions: source.Flag("position_biased_input", true)),
            layers,
            pooler: "")
    {
        _class = className;
        _relative = relative;
        _poolerActivation = source.ReadActivation("pooler_hidden_act", Activation.Gelu);
    }

    internal override string WeightPrefix => "deberta.";

    internal override TaskNames TaskNames => TaskNames.Bert(_class, Config.HiddenAct, Config.LayerNormEps) with
    {
        ClassificationDense = "pooler.dense",
        ClassificationActivation = _poolerActivation,
    };

    /// <summary>The keys that both versions have.</summary>
    private protected static KnownKeys Keys => BertConfig.Keys
        .Honoured("embedding_size", "max_relative_positions", "pooler_hidden_act", "pos_att_type", "position_biased_input", "relative_attention")
        .Ignored("legacy", "padding_idx", "pooler_dropout", "pooler_hidden_size"); // how weights are named and shaped is seen in their file

    /// <summary>Reads what both versions call the same.</summary>
    private protected static BertConfig ReadConfig(ConfigurationFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var config = BertConfig.Read(file, new BertConfig { LayerNormEps = 1e-7f, TypeVocabSize = 0 });
        var width = file.WholeNumber("embedding_size", 1, BertConfig.LargestWidth, config.HiddenSize);
        return width == config.HiddenSize ? config : throw file.Fault("embedding_size", $"is {width}, other than 'hidden_size' {config.HiddenSize}; that is not supported");
    }

    /// <summary>The largest distance that is told from others.</summary>
    private protected static int MaxDistance(ConfigurationFile file, BertConfig config)
    {
        var distance = file.WholeNumber("max_relative_positions", int.MinValue, BertConfig.LargestTable, -1);
        return distance < 1 ? config.MaxPositionEmbeddings : distance;
    }

    /// <summary>Which scores of positions there are: a list, or in published files a text such as <c>p2c|c2p</c>.</summary>
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

    private protected override AttentionContext Attention(Computation run, PackedBatch batch) =>
        new(new AttentionMask(batch), Relative: _relative?.Of(run, batch.LongestSequence));

    private protected override IEnumerable<Parameter> OwnParameters() => _relative?.Parameters() ?? [];
}
