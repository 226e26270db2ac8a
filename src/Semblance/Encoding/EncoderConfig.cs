using System.Text.Json;
using Semblance.Files.Json;
using Semblance.Transformers;

namespace Semblance;

/// <summary>
/// Represents the settings of an encoder beyond its modules that all kinds share: <c>config_sentence_transformers.json</c>.
/// </summary>
public abstract record EncoderConfig
{
    internal const string FileName = "config_sentence_transformers.json";

    private protected EncoderConfig()
    {
    }

    /// <summary>Gets the named prompts, which are put before texts, such as <c>query</c>.</summary>
    public IReadOnlyDictionary<string, string> Prompts { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the name of the prompt that is used when the options name no other; null for none.</summary>
    public string? DefaultPromptName { get; init; }

    /// <summary>Gets a warning, one sentence, for each setting in the files that is unknown or not applied.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>
    /// Gets the keys of every kind of model that change no vectors: the writer of the file and the requirements of the original.
    /// </summary>
    private protected static KnownKeys CommonKeys => new KnownKeys().Ignored("__version__", "model_type", "requirements");

    /// <summary>Writes the settings into a model's folder after its other files.</summary>
    internal abstract void Save(string folder, ModelKind kind);

    /// <summary>Returns the prompt that options select; empty for none.</summary>
    /// <exception cref="ArgumentException">The model has no prompt of that name.</exception>
    internal string PromptOf(TextOptions options) =>
        options.Prompt ?? ((options.PromptName ?? DefaultPromptName) is not { } name ? ""
        : Prompts.TryGetValue(name, out var prompt) ? prompt
        : throw new ArgumentException(
            $"The model has no prompt '{name}'; its prompts are {(Prompts.Count == 0 ? "none" : string.Join(", ", Prompts.Keys))}.",
            nameof(options)));

    /// <summary>
    /// Returns the name of the prompt that options select, or else the first of some names that the model has; null for its default.
    /// </summary>
    internal string? PromptNameOf(TextOptions options, string[] names) =>
        options.Prompt is null && options.PromptName is null ? Array.Find(names, Prompts.ContainsKey) : options.PromptName;

    /// <summary>Reads <c>prompts</c> and <c>default_prompt_name</c>.</summary>
    private protected static (IReadOnlyDictionary<string, string> Prompts, string? DefaultName) ReadPrompts(ConfigurationFile file)
    {
        var prompts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (file.Find("prompts") is { } found)
        {
            if (found.ValueKind != JsonValueKind.Object)
            {
                throw file.Fault("prompts", "is not an object of names and texts");
            }

            foreach (var prompt in found.EnumerateObject())
            {
                if (prompt.Value.ValueKind == JsonValueKind.String)
                {
                    prompts[prompt.Name] = prompt.Value.GetString()!;
                }
                else if (prompt.Value.ValueKind != JsonValueKind.Null) // a name without a text is one that may be set
                {
                    throw file.Fault("prompts", $"has '{prompt.Name}', which is not a text");
                }
            }
        }

        // A default prompt that has no text yet counts as none.
        var defaultName = file.Text("default_prompt_name");
        var isEmpty = defaultName is "query" or "document"
            || (defaultName is not null && file.Find("prompts") is { } named && named.TryGetProperty(defaultName, out _));
        return defaultName is null || prompts.ContainsKey(defaultName) ? (prompts, defaultName)
            : isEmpty ? (prompts, null)
            : throw file.Fault("default_prompt_name", $"is '{defaultName}', which is not among the prompts");
    }

    /// <summary>Writes the file: the kind of model, the prompts, and the settings of that kind.</summary>
    private protected void Write(string folder, ModelKind kind, Action<Utf8JsonWriter> others, string name = FileName) =>
        JsonFile.Write(Path.Combine(folder, name), json =>
    {
        json.WriteStartObject();
        json.WriteString("model_type", kind.ToString());
        json.WriteStartObject("prompts");
        foreach (var (prompt, text) in Prompts)
        {
            json.WriteString(prompt, text);
        }

        json.WriteEndObject();
        json.WriteString("default_prompt_name", DefaultPromptName);
        others(json);
        json.WriteEndObject();
    });
}
