using System.Text.Json;
using System.Text.Json.Nodes;
using Semblance.Files.Json;
using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Represents the settings of AdaLoRA (Zhang et al. 2023, arXiv:2303.10512): low-rank adaptation whose matrices are joined by trained
/// factors, of which training keeps the important ones (<see cref="RankAllocator"/>). The names are those of PEFT in the style of .NET.
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

    /// <summary>Gets the number of steps before the first cut (<c>tinit</c>); 0 by default.</summary>
    public int InitialSteps { get; init; }

    /// <summary>Gets the number of steps after the last cut (<c>tfinal</c>), in which the ranks are fixed; 0 by default.</summary>
    public int FinalSteps { get; init; }

    /// <summary>Gets the number of steps between two cuts (<c>deltaT</c>); 1 by default.</summary>
    public int Interval { get; init; } = 1;

    /// <summary>Gets the decay of the mean sensitivity of a parameter (<c>beta1</c>); 0.85 by default.</summary>
    public float Beta1 { get; init; } = 0.85f;

    /// <summary>Gets the decay of the mean uncertainty of a parameter (<c>beta2</c>); 0.85 by default.</summary>
    public float Beta2 { get; init; } = 0.85f;

    /// <summary>Gets the weight of the loss that keeps the matrices orthogonal (<c>orth_reg_weight</c>); 0.5 by default.</summary>
    public float OrthogonalityWeight { get; init; } = 0.5f;

    /// <summary>
    /// Gets the number of training steps (<c>total_step</c>), on which the schedule of the ranks depends; <see langword="null"/>, the
    /// default, to keep all ranks.
    /// </summary>
    public int? TotalSteps { get; init; }

    /// <summary>
    /// Gets the ranks that were kept, by the name of a layer's factors, such as <c>encoder.layer.0.attention.self.query.lora_E</c>.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<bool>> RankPattern { get; init; } = new Dictionary<string, IReadOnlyList<bool>>();

    /// <inheritdoc/>
    public override string PeftType => TypeName;

    internal static KnownKeys Keys => new KnownKeys()
        .Supported(
            "beta1", "beta2", "deltaT", "init_r", "lora_alpha", "lora_dropout", "orth_reg_weight", "rank_pattern", "target_r", "tfinal",
            "tinit", "total_step")
        .Ignored("alpha_pattern", "r", "init_lora_weights")
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
        InitialSteps = file.WholeNumber("tinit", 0, int.MaxValue, 0),
        FinalSteps = file.WholeNumber("tfinal", 0, int.MaxValue, 0),
        Interval = file.WholeNumber("deltaT", 1, int.MaxValue, 1),
        Beta1 = Decay(file, "beta1"),
        Beta2 = Decay(file, "beta2"),
        OrthogonalityWeight = file.Number("orth_reg_weight", 0.5f),
        TotalSteps = file.Find("total_step") is null ? null : file.WholeNumber("total_step", 1, int.MaxValue),
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
        fields["tinit"] = InitialSteps;
        fields["tfinal"] = FinalSteps;
        fields["deltaT"] = Interval;
        fields["beta1"] = LoraConfig.Number(Beta1);
        fields["beta2"] = LoraConfig.Number(Beta2);
        fields["orth_reg_weight"] = LoraConfig.Number(OrthogonalityWeight);
        fields["total_step"] = TotalSteps ?? FinalSteps + InitialSteps + 1; // required by PEFT, and without effect on a trained adapter
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

    // The ranks that training has kept so far; those of an adapter that was not trained stay.
    internal override AdapterConfig WithTrained(IEnumerable<KeyValuePair<string, AdapterWrapper>> layers)
    {
        var cut = layers.Where(layer => layer.Value is AdaLoraLinear { Kept: not null })
            .ToDictionary(layer => layer.Key + Factors, layer => ((AdaLoraLinear)layer.Value).Kept!);
        return cut.Count == 0 ? this : this with { RankPattern = cut };
    }

    private static float Decay(ConfigurationFile file, string field) => file.Number(field, 0.85f) is > 0 and < 1 and var decay
        ? decay : throw file.Fault(field, $"is {file.Number(field, 0.85f)}; expected a number between 0 and 1");

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
