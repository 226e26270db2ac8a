using System.Text.Json;
using System.Text.Json.Nodes;
using Semblance.Files.Json;
using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Represents the settings of AdaLoRA (Zhang et al. 2023, arXiv:2303.10512): low-rank adaptation whose matrices are joined by trained
/// factors, of which training keeps the important ones. Adapters are loaded, used, merged and trained further with the ranks that they
/// have;
/// the schedule of the rank budget is not supported.
/// </summary>
public sealed record AdaLoraConfig : LayerAdapterConfig
{
    internal const string TypeName = "ADALORA";

    private const string Factors = ".lora_E";

    /// <summary>Gets the rank of each layer at the beginning; 12 by default.</summary>
    public int InitialRank { get; init; } = 12;

    /// <summary>Gets the mean rank of the layers at the end; 8 by default.</summary>
    public int TargetRank { get; init; } = 8;

    /// <summary>Gets α, which is divided by the initial rank to give the scale; 8 by default, 0 for the rank.</summary>
    public float Alpha { get; init; } = 8;

    /// <summary>Gets the dropout probability of the input during training; 0 by default.</summary>
    public float Dropout { get; init; }

    /// <summary>
    /// Gets the ranks that were kept, by the name of a layer's factors, such as <c>encoder.layer.0.attention.self.query.lora_E</c>.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<bool>> RankPattern { get; init; } = new Dictionary<string, IReadOnlyList<bool>>();

    /// <inheritdoc/>
    public override string PeftType => TypeName;

    internal static KnownKeys Keys => new KnownKeys()
        .Supported("init_r", "lora_alpha", "lora_dropout", "rank_pattern", "target_r")
        .Ignored(
            "alpha_pattern", "beta1", "beta2", "deltaT", "orth_reg_weight", "r", "tfinal", "tinit", "total_step", "init_lora_weights")
        .Unsupported("bias", "adapters without biases", "\"none\"")
        .Unsupported("use_dora", "AdaLoRA without DoRA", "false")
        .Unsupported("use_rslora", "the scale of AdaLoRA", "false")
        .With(LoraConfig.Keys);

    internal static AdapterConfig Read(ConfigurationFile file) => ReadTargets(file, new AdaLoraConfig
    {
        InitialRank = file.WholeNumber("init_r", 1, 1 << 16, 12),
        TargetRank = file.WholeNumber("target_r", 1, 1 << 16, 8),
        Alpha = file.Number("lora_alpha", 8),
        Dropout = file.Number("lora_dropout", 0) is >= 0 and < 1 and var dropout
            ? dropout : throw file.Fault("lora_dropout", "is out of range; expected a number from 0 to below 1"),
        RankPattern = ReadRanks(file),
    });

    private protected override void Write(IDictionary<string, JsonNode?> fields)
    {
        base.Write(fields);
        fields["init_r"] = InitialRank;
        fields["target_r"] = TargetRank;
        fields["r"] = InitialRank;
        fields["lora_alpha"] = LoraConfig.Number(Alpha);
        fields["lora_dropout"] = (double)(decimal)Dropout;
        fields["bias"] = "none";
        fields["fan_in_fan_out"] = IsTransposed;
        fields["total_step"] = 1; // required by PEFT, and without effect on a trained adapter
        fields["rank_pattern"] = RankPattern.Count == 0 ? null : new JsonObject(RankPattern.Select(entry =>
            KeyValuePair.Create(entry.Key, (JsonNode?)new JsonArray([.. entry.Value.Select(kept => (JsonNode)kept)]))));
    }

    internal override void Wrap(AdapterBuilder model, Random random)
    {
        foreach (var (name, layer) in Select(model))
        {
            var names = model.Model.NamesOf(name);
            var kept = RankPattern.FirstOrDefault(entry => names.Any(each => ModuleSelector.EndsWith(entry.Key, each + Factors))).Value;
            var scale = (Alpha > 0 ? Alpha : InitialRank) / (InitialRank + 1e-5f);
            model.Add(name, layer, layer is Linear { Weight.Shape.Length: 2 } linear
                ? new AdaLoraLinear(linear, kept?.Count(one => one) ?? InitialRank, scale, Dropout, random)
                : throw new ArgumentException(
                    $"The target module '{name}' is a {layer.GetType().Name}, to which AdaLoRA cannot be applied; supported are "
                    + "linear layers."));
        }
    }

    private protected override ModuleSelector? Default(string modelType) => modelType switch
    {
        "bert" => ModuleSelector.Named("query", "value"),
        "roberta" => ModuleSelector.Named("query", "key", "value", "dense"),
        "deberta-v2" => ModuleSelector.Named("query_proj", "key_proj", "value_proj", "dense"),
        "t5" => ModuleSelector.Named("q", "k", "v", "o", "wi", "wo"),
        _ => null,
    };

    private static Dictionary<string, IReadOnlyList<bool>> ReadRanks(ConfigurationFile file)
    {
        var ranks = new Dictionary<string, IReadOnlyList<bool>>(StringComparer.Ordinal);
        foreach (var member in file.Section("rank_pattern")?.Root.EnumerateObject().ToArray() ?? [])
        {
            ranks[member.Name] = member.Value.ValueKind == JsonValueKind.Array
                && member.Value.EnumerateArray().All(item => item.ValueKind is JsonValueKind.True or JsonValueKind.False)
                ? [.. member.Value.EnumerateArray().Select(item => item.GetBoolean())]
                : throw file.Fault("rank_pattern", $"has no list of true and false for '{member.Name}'");
        }

        return ranks;
    }
}
