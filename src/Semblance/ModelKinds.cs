using Semblance.Modules;
using Semblance.Transformers;

namespace Semblance;

/// <summary>Telling from a folder's files what its model is for.</summary>
public static class ModelKinds
{
    private static readonly string[] SparseModules = ["SpladePooling", "SparseStaticEmbedding", "SparseAutoEncoder"];

    /// <summary>The kind that the files name, or that their modules and classes are of; <see cref="ModelKind.SentenceTransformer"/> where nothing says otherwise.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="ModelFormatException">A file is damaged.</exception>
    public static ModelKind Of(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = Path.Combine(folder, SentenceTransformerConfig.FileName);
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
