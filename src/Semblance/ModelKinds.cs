using Semblance.Modules;
using Semblance.Transformers;

namespace Semblance;

/// <summary>Telling from a folder's files what its model is for.</summary>
public static class ModelKinds
{
    private static readonly string[] SparseModules = ["SpladePooling", "SparseStaticEmbedding", "SparseAutoEncoder"];

    /// <summary>
    /// The id on the Hub of a model that is no folder. A name without an organisation is of the kind's own, as in sentence-transformers: <c>all-MiniLM-L6-v2</c> is
    /// <c>sentence-transformers/all-MiniLM-L6-v2</c>, a cross-encoder's is of <c>cross-encoder</c>, a sparse encoder's of <c>sparse-encoder</c>; the first models of
    /// transformers, such as <c>bert-base-uncased</c>, have none.
    /// </summary>
    /// <param name="model">The name.</param>
    /// <param name="kind">What the model is to be; null for a model whose kind has no organisation of its own, such as a text generator.</param>
    /// <exception cref="DirectoryNotFoundException">The name is a path, and there is no such folder.</exception>
    public static string HubId(string model, ModelKind? kind = ModelKind.SentenceTransformer)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        if (File.Exists(model) || Path.IsPathRooted(model) || model.StartsWith('.') || model.Count(c => c is '/' or '\\') > 1)
        {
            throw new DirectoryNotFoundException($"{model}: there is no such folder; give a model's folder, or an id such as sentence-transformers/all-MiniLM-L6-v2.");
        }

        var organisation = kind switch
        {
            ModelKind.SentenceTransformer => "sentence-transformers/",
            ModelKind.CrossEncoder => "cross-encoder/",
            ModelKind.SparseEncoder => "sparse-encoder/",
            _ => "",
        };
        return model.Contains('/', StringComparison.Ordinal) || TransformerNames.Contains(model) ? model : organisation + model;
    }

    /// <summary>The kind that the files name, or that their modules and classes are of; <see cref="ModelKind.SentenceTransformer"/> where nothing says otherwise.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="ModelFormatException">A file is damaged.</exception>
    public static ModelKind Of(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = Path.Combine(ModelFolder.Whole(folder), SentenceTransformerConfig.FileName);
        var settings = File.Exists(path) ? ConfigurationFile.Read(path) : null;
        var types = ModuleList.Types(folder);
        var config = Path.Combine(folder, "config.json");
        var architectures = types.Count == 0 && File.Exists(config) ? ConfigurationFile.Read(config).Texts("architectures") : [];
        return settings?.Text("model_type") switch
        {
            "CrossEncoder" => ModelKind.CrossEncoder,
            "SparseEncoder" => ModelKind.SparseEncoder,
            "MultiVectorEncoder" or "ColBERT" => ModelKind.MultiVectorEncoder,
            _ when settings?.Find("query_prefix") is not null || types.Any(type => type.EndsWith(".MultiVectorMask", StringComparison.Ordinal)) || architectures.Contains("HF_ColBERT") =>
                ModelKind.MultiVectorEncoder,
            _ when LogitScore.IsIn(types) => ModelKind.CrossEncoder,
            _ when types.Any(type => SparseModules.Any(name => type.EndsWith("." + name, StringComparison.Ordinal))) => ModelKind.SparseEncoder,
            _ when architectures.Any(architecture => architecture.EndsWith("ForSequenceClassification", StringComparison.Ordinal)) => ModelKind.CrossEncoder,
            _ => ModelKind.SentenceTransformer,
        };
    }
}
