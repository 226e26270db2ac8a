using Semblance.Modules;
using Semblance.Transformers;

namespace Semblance;

/// <summary>Determines the kind of a model from the files of its folder.</summary>
public static class ModelKinds
{
    private static readonly string[] Names = ["SentenceTransformer", "CrossEncoder", "SparseEncoder", "MultiVectorEncoder", "ColBERT"];

    private static readonly string[] SparseModules = ["SpladePooling", "SparseStaticEmbedding", "SparseAutoEncoder"];

    /// <summary>Throws if a model is of another kind, with a message that names the class to load it with.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="wanted">The kind of model that is expected.</param>
    /// <exception cref="ModelFormatException">The model is of another kind, or a file is damaged.</exception>
    internal static void Require(string folder, ModelKind wanted)
    {
        AdapterFiles.HasAdapter(folder);
        var found = Of(folder);
        if (found == ModelKind.SequenceToSequenceModel && wanted != found)
        {
            found = ModelKind.SentenceTransformer; // its encoder alone
        }

        if (wanted == ModelKind.MultiVectorEncoder && MultiVectorHead.Exists(folder))
        {
            return;
        }

        // A folder that holds only a transformer can become any kind; the loader checks what it needs.
        if (found == wanted || (found == ModelKind.SentenceTransformer && (!HasHead(wanted) || !ModuleList.Exists(folder))))
        {
            return;
        }

        if (found == ModelKind.SentenceTransformer)
        {
            throw new ModelFormatException(
                Path.Combine(folder, ModuleList.FileName),
                $"found the modules {string.Join(", ", ModuleList.Types(folder).Select(ModuleList.NameOf))}; they compute a vector for "
                    + (wanted == ModelKind.CrossEncoder ? "each text and score no pairs. " : "each text and have no head for a task. ")
                    + "Load the model with SentenceTransformer, or use the commands encode and rerank.");
        }

        throw new ModelFormatException(folder, found switch
        {
            ModelKind.CrossEncoder => "the model is a cross-encoder, which scores pairs of texts and computes no vectors; load it with "
                + "CrossEncoder, or use the commands predict and rerank.",
            ModelKind.SparseEncoder => "the model computes sparse vectors; load it with SparseEncoder, or use the command encode.",
            ModelKind.TokenClassifier => "the model labels tokens and computes no vectors; load it with TokenClassifier, or use the "
                + "command tag.",
            ModelKind.QuestionAnswerer => "the model finds answers in texts and computes no vectors; load it with QuestionAnswerer, or "
                + "use the command answer.",
            _ => "the model computes a vector for each token; load it with MultiVectorEncoder, or use the command rerank.",
        });
    }

    private static bool HasHead(ModelKind kind) =>
        kind is ModelKind.CrossEncoder or ModelKind.TokenClassifier or ModelKind.QuestionAnswerer or ModelKind.SequenceToSequenceModel;

    /// <summary>
    /// Returns the kinds of model that a folder holds: that of <see cref="Of"/>, and <see cref="ModelKind.MultiVectorEncoder"/> if there is
    /// a late-interaction head beside it (<see cref="MultiVectorEncoder.SaveHead"/>).
    /// </summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="ModelFormatException">A file is damaged.</exception>
    public static IReadOnlyList<ModelKind> AllOf(string folder) => Of(folder) is var kind && kind != ModelKind.MultiVectorEncoder
        && MultiVectorHead.Exists(folder) ? [kind, ModelKind.MultiVectorEncoder] : [kind];

    /// <summary>
    /// Returns the kind that the files name, or that their modules and classes imply; otherwise,
    /// <see cref="ModelKind.SentenceTransformer"/>. A head beside the model (<see cref="AllOf"/>) is not considered.
    /// </summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="ModelFormatException">A file is damaged.</exception>
    public static ModelKind Of(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = Path.Combine(ModelFolder.Whole(folder), EncoderConfig.FileName);
        var settings = File.Exists(path) ? ConfigurationFile.Read(path) : null;
        var types = ModuleList.Types(folder);
        var config = Path.Combine(folder, "config.json");
        var architectures = types.Count == 0 && File.Exists(config) ? ConfigurationFile.Read(config).Texts("architectures") : [];
        return settings?.Text("model_type") switch
        {
            { } other when !Names.Contains(other) =>
                throw settings.Fault("model_type", $"is '{other}', which is not supported; supported are {string.Join(", ", Names)}"),
            "CrossEncoder" => ModelKind.CrossEncoder,
            "SparseEncoder" => ModelKind.SparseEncoder,
            "MultiVectorEncoder" or "ColBERT" => ModelKind.MultiVectorEncoder,
            _ when settings?.Find("query_prefix") is not null
                || types.Any(type => type.EndsWith(".MultiVectorMask", StringComparison.Ordinal)) || architectures.Contains("HF_ColBERT") =>
                ModelKind.MultiVectorEncoder,
            _ when LogitScore.IsIn(types) => ModelKind.CrossEncoder,
            _ when types.Any(type => SparseModules.Any(name => type.EndsWith("." + name, StringComparison.Ordinal))) =>
                ModelKind.SparseEncoder,
            _ when architectures.Any(architecture => architecture.EndsWith("ForSequenceClassification", StringComparison.Ordinal)) =>
                ModelKind.CrossEncoder,
            _ when architectures.Any(architecture => architecture.EndsWith("ForTokenClassification", StringComparison.Ordinal)) =>
                ModelKind.TokenClassifier,
            _ when architectures.Any(architecture => architecture.EndsWith("ForQuestionAnswering", StringComparison.Ordinal)) =>
                ModelKind.QuestionAnswerer,
            _ when architectures.Any(architecture => architecture.EndsWith("ForConditionalGeneration", StringComparison.Ordinal)) =>
                ModelKind.SequenceToSequenceModel,
            _ => ModelKind.SentenceTransformer,
        };
    }
}
