using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Represents the settings of an adapter, as in <c>adapter_config.json</c> of PEFT. The derived types are the methods of fine-tuning with
/// few
/// parameters.
/// </summary>
public abstract record AdapterConfig
{
    /// <summary>The name of the file in an adapter's folder.</summary>
    public const string FileName = "adapter_config.json";

    private static readonly Dictionary<string, (Func<ConfigurationFile, AdapterConfig> Read, KnownKeys Keys)> Types =
        new(StringComparer.Ordinal)
        {
            [LoraConfig.TypeName] = (LoraConfig.Read, LoraConfig.Keys),
            [AdaLoraConfig.TypeName] = (AdaLoraConfig.Read, AdaLoraConfig.Keys),
            [Ia3Config.TypeName] = (Ia3Config.Read, Ia3Config.Keys),
            [LayerNormTuningConfig.TypeName] = (LayerNormTuningConfig.Read, LayerNormTuningConfig.Keys),
            [PromptConfig.TypeName] = (PromptConfig.Read, PromptConfig.Keys),
            [PromptConfig.EncodedTypeName] = (PromptConfig.Read, PromptConfig.Keys),
            [PrefixConfig.TypeName] = (PrefixConfig.Read, PrefixConfig.Keys),
            [BottleneckConfig.TypeName] = (BottleneckConfig.Read, BottleneckConfig.Keys),
            [BiasTuningConfig.TypeName] = (BiasTuningConfig.Read, BiasTuningConfig.Keys),
        };

    private protected AdapterConfig()
    {
    }

    /// <summary>Gets the name of the method under <c>peft_type</c>, such as <c>LORA</c>.</summary>
    public abstract string PeftType { get; }

    /// <summary>
    /// Gets the task of the model that the adapter was trained with, such as <c>SEQ_CLS</c> or <c>FEATURE_EXTRACTION</c>;
    /// <see langword="null"/> if it is not known.
    /// </summary>
    public string? TaskType { get; init; }

    /// <summary>
    /// Gets the folder or the Hub id of the model that the adapter belongs to; <see langword="null"/> if it is not known.
    /// </summary>
    public string? BaseModel { get; init; }

    /// <summary>Gets the revision of the base model on the Hub; <see langword="null"/> for the main branch.</summary>
    public string? Revision { get; init; }

    /// <summary>
    /// Gets the names of modules that are trained in full and saved with the adapter, such as <c>classifier</c>; the heads
    /// <c>classifier</c> and <c>score</c> are among them if the task classifies.
    /// </summary>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>Gets a warning, one sentence, for each setting in the file that is unknown.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <summary>Gets the names of the supported methods.</summary>
    public static IReadOnlyList<string> SupportedTypes => [.. Types.Keys];

    /// <summary>Gets a value that indicates whether the adapter can be merged into the weights of its model.</summary>
    public virtual bool CanMerge => true;

    /// <summary>Gets the keys that all methods share.</summary>
    private protected static KnownKeys CommonKeys => new KnownKeys()
        .Supported("base_model_name_or_path", "modules_to_save", "peft_type", "revision", "task_type")
        .Ignored("auto_mapping", "inference_mode", "peft_version", "runtime_config");

    /// <summary>Reads the settings of an adapter's folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="FileNotFoundException">The folder has no <c>adapter_config.json</c>.</exception>
    /// <exception cref="ModelFormatException">
    /// The file is damaged, or names a method or a setting that is not supported.
    /// </exception>
    public static AdapterConfig Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{folder}: the folder has no {FileName}; expected the folder of a PEFT adapter.", path);
        }

        var file = ConfigurationFile.Read(path);
        var type = file.Text("peft_type");
        if (type is null || !Types.TryGetValue(type, out var known))
        {
            throw file.Fault(
                "peft_type",
                $"is {(type is null ? "missing" : $"'{type}', which is not supported")}; supported are {string.Join(", ", Types.Keys)}");
        }

        file.Check(known.Keys);
        var config = known.Read(file) with
        {
            TaskType = file.Text("task_type"),
            BaseModel = file.Text("base_model_name_or_path"),
            Revision = file.Text("revision"),
            ModulesToSave = file.Texts("modules_to_save"),
        };
        config.Warnings = file.Warnings;
        return config;
    }

    /// <summary>Writes <c>adapter_config.json</c> with the keys in order, as PEFT does.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string folder)
    {
        var fields = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal)
        {
            ["auto_mapping"] = null,
            ["base_model_name_or_path"] = BaseModel,
            ["inference_mode"] = true,
            ["modules_to_save"] = ModulesToSave.Count == 0 ? null : ModuleSelector.Json(ModulesToSave),
            ["peft_type"] = PeftType,
            ["revision"] = Revision,
            ["task_type"] = TaskType,
        };
        Write(fields);
        using var file = new AtomicFile(Path.Combine(folder, FileName));
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(file.Stream, options))
        {
            new JsonObject(fields).WriteTo(json);
        }

        file.Commit();
    }

    /// <summary>Adds the settings of the method.</summary>
    private protected abstract void Write(IDictionary<string, JsonNode?> fields);

    /// <summary>Returns the settings with what training has found out.</summary>
    /// <param name="layers">The wrappers by the names of their layers.</param>
    internal virtual AdapterConfig WithTrained(IEnumerable<KeyValuePair<string, AdapterWrapper>> layers) => this;

    /// <summary>Creates the wrappers of a model's layers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="random">The random numbers of the initial values.</param>
    /// <exception cref="ArgumentException">The settings select no layer of the model, or one that the method does not support.</exception>
    internal abstract void Wrap(AdapterBuilder model, Random random);
}
