using System.Text.Json;
using System.Text.Json.Nodes;
using Semblance.Generation;
using Semblance.Transformers;

namespace Semblance;

/// <summary>
/// Represents the settings of a sequence-to-sequence model: the prefix of its texts in <c>config.json</c>, and the settings of generation
/// in <c>generation_config.json</c>.
/// </summary>
public sealed record SequenceToSequenceConfig : TaskConfig
{
    /// <summary>The maximum number of tokens of a target, unless the settings of generation limit it.</summary>
    public const int DefaultMaxTargetLength = 128;

    private const string PrefixField = "prefix", LengthField = "max_length", GenerationFile = "generation_config.json";

    private readonly JsonObject _settings; // of generation, as in their file

    private SequenceToSequenceConfig(JsonObject settings, string path)
    {
        _settings = settings;
        Generation = GenerationConfig.Read(ConfigurationFile.Of(path, JsonElement.Parse(settings.ToJsonString())), isShared: false);
        Warnings = Generation.Warnings;
    }

    /// <summary>Gets the text before each source, such as <c>translate English to German: </c>; empty by default.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Gets the settings of generation.</summary>
    public GenerationConfig Generation { get; }

    /// <summary>
    /// Gets the maximum number of tokens of a target in training, its end token included: what the settings of generation allow; 128 if
    /// they limit no length.
    /// </summary>
    public int MaxTargetLength => Generation.MaxNewTokens ?? (Generation.MaxLength - 1) ?? DefaultMaxTargetLength;

    /// <summary>Creates the settings of a new model.</summary>
    internal static SequenceToSequenceConfig New(int start, int end, int? padding, int maxTargetLength) => new(
        new JsonObject
        {
            ["decoder_start_token_id"] = start,
            ["eos_token_id"] = end,
            ["pad_token_id"] = padding ?? start,
            [LengthField] = maxTargetLength + 1, // and the start token
        },
        GenerationFile);

    /// <summary>Reads <c>generation_config.json</c>, or, if there is none, the settings of generation in <c>config.json</c>.</summary>
    internal static SequenceToSequenceConfig Load(ConfigurationFile config)
    {
        var path = Path.Combine(Path.GetDirectoryName(config.Path) ?? "", GenerationFile);
        var settings = File.Exists(path)
            ? JsonObject.Create(ConfigurationFile.Read(path).Root)!
            : new JsonObject(config.Root.EnumerateObject()
                .Where(field => field.Name == "pad_token_id" || Transformers.CommonKeys.GenerationKeys.Contains(field.Name))
                .Select(field => KeyValuePair.Create(field.Name, JsonNode.Parse(field.Value.GetRawText()))));
        return new(settings, File.Exists(path) ? path : config.Path) { Prefix = config.Text(PrefixField) ?? "" };
    }

    /// <summary>Returns the settings with another maximum length of targets.</summary>
    internal SequenceToSequenceConfig WithMaxTargetLength(int length) => With((LengthField, length + 1), ("max_new_tokens", null));

    /// <summary>Returns the settings with those of a task in <c>task_specific_params</c>, as pipelines of transformers use them.</summary>
    internal SequenceToSequenceConfig ForTask(ConfigurationFile task) => With([
        .. task.Root.EnumerateObject().Where(field => field.Name != PrefixField)
            .Select(field => (field.Name, JsonNode.Parse(field.Value.GetRawText())))]) with
    {
        Prefix = task.Text(PrefixField) ?? "",
    };

    internal override void Save(string folder, ModelKind kind)
    {
        if (Prefix.Length > 0)
        {
            ConfigurationFile.Read(Path.Combine(folder, "config.json"))
                .SaveWith(PrefixField, json => json.WriteStringValue(Prefix));
        }

        JsonFile.Write(Path.Combine(folder, GenerationFile), json => _settings.WriteTo(json));
    }

    private SequenceToSequenceConfig With(params ReadOnlySpan<(string Field, JsonNode? Value)> changes)
    {
        var settings = (JsonObject)_settings.DeepClone();
        foreach (var (field, value) in changes)
        {
            settings.Remove(field);
            if (value is not null)
            {
                settings[field] = value;
            }
        }

        return new(settings, GenerationFile) { Prefix = Prefix };
    }
}
