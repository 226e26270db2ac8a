using Semblance.Files.Json;
using Semblance.Transformers;

namespace Semblance;

/// <summary>The settings of a model beyond its modules: <c>config_sentence_transformers.json</c>.</summary>
public sealed record SentenceTransformerConfig
{
    internal const string FileName = "config_sentence_transformers.json";

    private static readonly KnownKeys Keys = new KnownKeys().Honoured("default_prompt_name", "prompts", "similarity_fn_name", "truncate_dim").With(CommonKeys);

    /// <summary>Gets the keys of every kind of model, which change no vectors: who wrote the file and what the original needs to run.</summary>
    internal static KnownKeys CommonKeys => new KnownKeys().Ignored("__version__", "model_type", "requirements");

    /// <summary>Named texts that are put before others, such as <c>query</c>.</summary>
    public IReadOnlyDictionary<string, string> Prompts { get; init; } = new Dictionary<string, string>();

    /// <summary>The prompt used when none is asked for, or null.</summary>
    public string? DefaultPromptName { get; init; }

    /// <summary>How the model's vectors are meant to be compared.</summary>
    public SimilarityFunction SimilarityFunction { get; init; }

    /// <summary>How many first elements of a vector are kept where nobody asks for another number; null for all.</summary>
    public int? TruncateDimension { get; init; }

    /// <summary>Gets what the file says that is not known or not applied, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Reads the settings of a folder; the defaults where there is no file.</summary>
    /// <exception cref="ModelFormatException">A field is not what it should be.</exception>
    public static SentenceTransformerConfig Load(string folder) => Load(folder, SimilarityFunction.Cosine);

    /// <summary>Writes the settings into a folder.</summary>
    public void Save(string folder) => Save(folder, "SentenceTransformer");

    /// <summary>Reads the settings of a folder; where it names no similarity, it is the one given.</summary>
    internal static SentenceTransformerConfig Load(string folder, SimilarityFunction similarity)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return new SentenceTransformerConfig { SimilarityFunction = similarity };
        }

        var file = ConfigurationFile.Read(path).Check(Keys);
        var (prompts, defaultName) = Semblance.Prompts.Read(file);
        return new SentenceTransformerConfig
        {
            Prompts = prompts,
            DefaultPromptName = defaultName,
            SimilarityFunction = file.Text("similarity_fn_name") is { } name ? ParseSimilarity(file, name) : similarity,
            TruncateDimension = file.Find("truncate_dim") is null ? null : file.WholeNumber("truncate_dim", 1, int.MaxValue),
            Warnings = file.Warnings,
        };
    }

    /// <summary>Writes the settings into a folder, under the name of a kind of model.</summary>
    internal void Save(string folder, string modelType) => JsonFile.Write(Path.Combine(folder, FileName), json =>
    {
        json.WriteStartObject();
        json.WriteString("model_type", modelType);
        Semblance.Prompts.Write(json, Prompts, DefaultPromptName);
        json.WriteString("similarity_fn_name", SimilarityFunction.Name());
        if (TruncateDimension is { } dimension)
        {
            json.WriteNumber("truncate_dim", dimension);
        }

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
