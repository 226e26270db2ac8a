using Semblance.Transformers;

namespace Semblance;

/// <summary>The settings of a model beyond its modules: <c>config_sentence_transformers.json</c>.</summary>
public sealed record SentenceTransformerConfig
{
    private const string FileName = "config_sentence_transformers.json";

    /// <summary>Named texts that are put before others, such as <c>query</c>.</summary>
    public IReadOnlyDictionary<string, string> Prompts { get; init; } = new Dictionary<string, string>();

    /// <summary>The prompt used when none is asked for, or null.</summary>
    public string? DefaultPromptName { get; init; }

    /// <summary>How the model's vectors are meant to be compared.</summary>
    public SimilarityFunction SimilarityFunction { get; init; }

    /// <summary>Reads the settings of a folder; the defaults where there is no file.</summary>
    /// <exception cref="ModelFormatException">A field is not what it should be.</exception>
    public static SentenceTransformerConfig Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return new SentenceTransformerConfig();
        }

        var file = ConfigurationFile.Read(path);
        var prompts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (file.Find("prompts") is { } found)
        {
            if (found.ValueKind != System.Text.Json.JsonValueKind.Object)
            {
                throw file.Fault("prompts", "is not an object of names and texts");
            }

            foreach (var prompt in found.EnumerateObject())
            {
                prompts[prompt.Name] = prompt.Value.ValueKind == System.Text.Json.JsonValueKind.String
                    ? prompt.Value.GetString()!
                    : throw file.Fault("prompts", $"has '{prompt.Name}', which is not a text");
            }
        }

        var defaultName = file.Text("default_prompt_name");
        if (defaultName is not null && !prompts.ContainsKey(defaultName))
        {
            throw file.Fault("default_prompt_name", $"is '{defaultName}', which is not among the prompts");
        }

        return new SentenceTransformerConfig
        {
            Prompts = prompts,
            DefaultPromptName = defaultName,
            SimilarityFunction = file.Text("similarity_fn_name") is { } name ? ParseSimilarity(file, name) : SimilarityFunction.Cosine,
        };
    }

    /// <summary>Writes the settings into a folder.</summary>
    public void Save(string folder) => JsonFile.Write(Path.Combine(folder, FileName), json =>
    {
        json.WriteStartObject();
        json.WriteString("model_type", "SentenceTransformer");
        json.WriteStartObject("prompts");
        foreach (var (name, text) in Prompts)
        {
            json.WriteString(name, text);
        }

        json.WriteEndObject();
        json.WriteString("default_prompt_name", DefaultPromptName);
        json.WriteString("similarity_fn_name", SimilarityFunction.Name());
        json.WriteEndObject();
    });

    private static SimilarityFunction ParseSimilarity(ConfigurationFile file, string name)
    {
        try
        {
            return SimilarityFunctions.Parse(name);
        }
        catch (FormatException e)
        {
            throw new ModelFormatException(file.Path, $"'similarity_fn_name': {e.Message}", e);
        }
    }
}
