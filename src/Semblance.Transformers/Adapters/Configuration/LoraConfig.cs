using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Semblance.Files.Json;
using Semblance.Tensors;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Represents the settings of low-rank adaptation (Hu et al. 2021, arXiv:2106.09685): the product of two narrow matrices is added to a
/// weight, with the scale α/r. The names are those of PEFT in the style of .NET.
/// </summary>
public sealed record LoraConfig : LayerAdapterConfig
{
    internal const string TypeName = "LORA";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private static readonly Dictionary<AdapterBias, string> Biases = new()
    {
        [AdapterBias.None] = "none",
        [AdapterBias.All] = "all",
        [AdapterBias.LoraOnly] = "lora_only",
    };

    /// <summary>Gets the rank r: the width of the two matrices; 8 by default.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Gets α, which is divided by the rank to give the scale; 8 by default.</summary>
    public float Alpha { get; init; } = 8;

    /// <summary>Gets the dropout probability of the input of the narrow matrices during training; 0 by default.</summary>
    public float Dropout { get; init; }

    /// <summary>Gets the biases that are trained and saved too; <see cref="AdapterBias.None"/> by default.</summary>
    public AdapterBias Bias { get; init; }

    /// <summary>
    /// Gets a value that indicates whether the scale is α/√r (rsLoRA; Kalajdzievski 2023, arXiv:2312.03732); <see langword="false"/> by
    /// default.
    /// </summary>
    public bool UseRsLora { get; init; }

    /// <summary>
    /// Gets a value that indicates whether the length of each row of a weight is trained apart from its direction (DoRA; Liu et al. 2024,
    /// arXiv:2402.09353); <see langword="false"/> by default.
    /// </summary>
    public bool UseDora { get; init; }

    /// <summary>Gets a value that indicates whether the second matrix has a bias; <see langword="false"/> by default.</summary>
    public bool LoraBias { get; init; }

    /// <summary>Gets the initial values; <see cref="LoraInitialization.Kaiming"/> by default.</summary>
    public LoraInitialization Initialization { get; init; }

    /// <summary>
    /// Gets the ranks of layers by a regular expression of the last parts of their names; the first that matches applies.
    /// </summary>
    public IReadOnlyDictionary<string, int> RankPattern { get; init; } = new Dictionary<string, int>();

    /// <summary>Gets the α of layers by a regular expression of the last parts of their names; the first that matches applies.</summary>
    public IReadOnlyDictionary<string, float> AlphaPattern { get; init; } = new Dictionary<string, float>();

    /// <inheritdoc/>
    public override string PeftType => TypeName;

    internal static KnownKeys Keys => new KnownKeys()
        .Supported(
            "alpha_pattern", "bias", "init_lora_weights", "lora_alpha", "lora_bias", "lora_dropout", "r", "rank_pattern", "use_dora",
            "use_rslora")
        .Ignored("fan_in_fan_out", "ensure_weight_tying", "megatron_config", "megatron_core", "qalora_group_size", "eva_config")
        .Unsupported("alora_invocation_tokens", "adapters that are applied to all tokens")
        .Unsupported("arrow_config", "one adapter for all tokens")
        .Unsupported("corda_config", "init_lora_weights true, false, gaussian, eva, orthogonal")
        .Unsupported("kasa_config", "plain low-rank adaptation")
        .Unsupported("layer_replication", "the layers of the base model")
        .Unsupported("loftq_config", "base models that are not changed", "{}")
        .Unsupported("lora_ga_config", "init_lora_weights true, false, gaussian, eva, orthogonal")
        .Unsupported("monteclora_config", "plain low-rank adaptation")
        .Unsupported("target_parameters", "target_modules", "[]")
        .Unsupported("trainable_token_indices", "target_modules")
        .Unsupported("use_bdlora", "plain low-rank adaptation", "false")
        .Unsupported("use_qalora", "plain low-rank adaptation", "false")
        .Unsupported("velora_config", "plain low-rank adaptation")
        .With(LayerKeys);

    /// <summary>Returns the rank of a layer.</summary>
    /// <param name="names">The names of the layer.</param>
    internal int RankOf(IEnumerable<string> names) => Of(RankPattern, names, Rank);

    /// <summary>Returns the scale of a layer: α/r, or α/√r.</summary>
    /// <param name="names">The names of the layer.</param>
    internal float ScaleOf(IReadOnlyList<string> names)
    {
        var (rank, alpha) = (RankOf(names), Of(AlphaPattern, names, Alpha));
        return UseRsLora ? alpha / MathF.Sqrt(rank) : alpha / rank;
    }

    internal static AdapterConfig Read(ConfigurationFile file) => ReadTargets(file, new LoraConfig
    {
        Rank = file.WholeNumber("r", 1, 1 << 16, 8),
        Alpha = file.Number("lora_alpha", 8),
        Dropout = file.Number("lora_dropout", 0) is >= 0 and < 1 and var dropout
            ? dropout : throw file.Fault("lora_dropout", $"is {file.Number("lora_dropout", 0)}; expected a number from 0 to below 1"),
        Bias = file.Text("bias") is not { } bias ? AdapterBias.None
            : Biases.FirstOrDefault(known => known.Value == bias) is { Value: not null } named ? named.Key
            : throw file.Fault("bias", $"is '{bias}'; expected none, all or lora_only"),
        UseRsLora = file.Flag("use_rslora", false),
        UseDora = file.Flag("use_dora", false),
        LoraBias = file.Flag("lora_bias", false),
        Initialization = ReadInitialization(file),
        RankPattern = ReadPattern<int>(file, "rank_pattern",
            value => value.TryGetInt32(out var rank) && rank is >= 1 and <= 1 << 16 ? rank : null),
        AlphaPattern = ReadPattern<float>(
            file, "alpha_pattern", value => value.TryGetDouble(out var alpha) && float.IsFinite((float)alpha) ? (float)alpha : null),
    });

    private protected override void Write(IDictionary<string, JsonNode?> fields)
    {
        base.Write(fields);
        fields["r"] = Rank;
        fields["lora_alpha"] = Number(Alpha);
        fields["lora_dropout"] = (double)(decimal)Dropout;
        fields["bias"] = Biases[Bias];
        fields["fan_in_fan_out"] = IsTransposed;
        fields["use_rslora"] = UseRsLora;
        fields["use_dora"] = UseDora;
        fields["lora_bias"] = LoraBias;
        fields["init_lora_weights"] = Initialization switch
        {
            LoraInitialization.Gaussian => "gaussian",
            LoraInitialization.Random => false,
            _ => true,
        };
        fields["rank_pattern"] = new JsonObject(RankPattern.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
        fields["alpha_pattern"] = new JsonObject(
            AlphaPattern.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Number(entry.Value))));
    }

    internal override void Wrap(AdapterBuilder model, Random random)
    {
        foreach (var (name, layer) in Select(model))
        {
            var names = model.Model.NamesOf(name);
            model.Add(name, layer, layer switch
            {
                Linear { Weight.Shape.Length: 2 } linear => LoraLinear.Create(linear, this, names, random),
                EmbeddingTable table when !UseDora => LoraEmbedding.Create(table, this, names, random),
                _ => throw new ArgumentException(
                    $"The target module '{name}' is a {layer.GetType().Name}, to which {(UseDora ? "DoRA" : "low-rank adaptation")} cannot be "
                    + $"applied; supported are linear layers{(UseDora ? "" : " and embeddings")}."),
            });
        }

        if (Bias == AdapterBias.All)
        {
            model.AddBiases();
        }
    }

    private protected override ModuleSelector? Default(string modelType) => modelType switch
    {
        "bert" or "roberta" or "xlm-roberta" or "camembert" or "electra" => ModuleSelector.Named("query", "value"),
        "deberta-v2" => ModuleSelector.Named("query_proj", "value_proj"),
        "deberta" => ModuleSelector.Named("in_proj"),
        "gpt2" => ModuleSelector.Named("c_attn"),
        "t5" => ModuleSelector.Named("q", "v"),
        "llama" or "mistral" or "gemma" or "gemma3_text" or "qwen2" or "qwen3" => ModuleSelector.Named("q_proj", "v_proj"),
        _ => null,
    };

    // An integer is written without a decimal point, as in PEFT.
    internal static JsonNode Number(float value) => value == MathF.Round(value) && MathF.Abs(value) < 1e9f ? (int)value
        : (double)(decimal)value;

    private static T Of<T>(IReadOnlyDictionary<string, T> patterns, IEnumerable<string> names, T usual)
    {
        foreach (var (pattern, value) in patterns)
        {
            if (names.Any(name => Regex.IsMatch(name, $@"\A(?:.*\.)?(?:{pattern})\z", RegexOptions.CultureInvariant, Timeout)))
            {
                return value;
            }
        }

        return usual;
    }

    private static LoraInitialization ReadInitialization(ConfigurationFile file)
    {
        const string Field = "init_lora_weights";
        return file.Find(Field) switch
        {
            null or { ValueKind: JsonValueKind.True } => LoraInitialization.Kaiming,
            { ValueKind: JsonValueKind.False } => LoraInitialization.Random,
            { ValueKind: JsonValueKind.String } value when value.GetString() is "gaussian" => LoraInitialization.Gaussian,
            // These only choose the first values of A and B, which the file replaces.
            { ValueKind: JsonValueKind.String } value when value.GetString() is "eva" or "orthogonal" => LoraInitialization.Kaiming,
            { } value => throw file.Fault(
                Field,
                $"is {value.GetRawText()}, which changes the weights of the base model; convert the adapter in PEFT (save_pretrained with "
                + "path_initial_model_for_weight_conversion); supported are true, false, gaussian, eva and orthogonal"),
        };
    }

    private static Dictionary<string, T> ReadPattern<T>(ConfigurationFile file, string field, Func<JsonElement, T?> read)
        where T : struct
    {
        var patterns = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var member in file.Section(field)?.Root.EnumerateObject().ToArray() ?? [])
        {
            patterns[member.Name] = (member.Value.ValueKind == JsonValueKind.Number ? read(member.Value) : null)
                ?? throw file.Fault(field, $"has {member.Value.GetRawText()} for '{member.Name}'; expected a number");
        }

        return patterns;
    }
}
