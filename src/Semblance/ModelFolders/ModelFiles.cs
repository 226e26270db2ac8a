using System.Text.Json;
using System.Text.RegularExpressions;
using Semblance.Checkpoints;
using Semblance.Files;
using Semblance.Modules;

namespace Semblance;

/// <summary>
/// Identifies the files of a folder that belong to a model: those that a loader reads. A save replaces all of them in one step and removes
/// those that the new model does not have; every other file of the folder belongs to the user and stays.
/// </summary>
/// <remarks>
/// The files are weights (<c>model.safetensors</c>, <c>pytorch_model.bin</c>, their shards and indexes, those of an adapter), the settings
/// of the model, of its modules and of its tokenizer, vocabularies and chat templates. These names count in the folder itself and in the
/// folders of modules: those that <c>modules.json</c> or <c>multi_vector_modules.json</c> lists, and those named like <c>1_Pooling</c> or
/// <c>query_0_Dense</c>. A model card, a license, logs, training checkpoints and exports to other formats do not belong to the model.
/// </remarks>
public static partial class ModelFiles
{
    private const string Templates = "additional_chat_templates";

    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        // the model and its modules
        "config.json", "modules.json", EncoderConfig.FileName, "router_config.json", "cnn_config.json", "lstm_config.json",
        MultiVectorHead.ListFile, MultiVectorHead.ConfigFile,
        "wordembedding_config.json", "whitespacetokenizer_config.json", "phrasetokenizer_config.json", "artifact.metadata",
        "sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json", "sentence_camembert_config.json",
        "sentence_albert_config.json", "sentence_xlm-roberta_config.json", "sentence_xlnet_config.json",
        "generation_config.json", "preprocessor_config.json", "processor_config.json", "adapter_config.json",

        // the tokenizer
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt", "vocab.json", "merges.txt",
        "spiece.model", "spm.model", "sentencepiece.bpe.model", "tokenizer.model", "chat_template.jinja", "chat_template.json",
    };

    /// <summary>Writes a model into a folder in one step: after a crash the folder has the old model or the new one.</summary>
    /// <param name="folder">
    /// The folder, which is created if it does not exist. Files that do not belong to a model stay; a symbolic link is followed.
    /// </param>
    /// <param name="write">
    /// Writes the model's files into the folder that it is given, an empty one beside <paramref name="folder"/>.
    /// </param>
    /// <exception cref="IOException">The files cannot be written, or a file has the name of a folder; the folder is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">A permission is missing; the folder is unchanged.</exception>
    public static void Save(string folder, Action<string> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(write);
        AtomicFolder.Write(folder, In(folder), write);
    }

    /// <summary>Returns a predicate that tells which paths of a folder are files of a model.</summary>
    /// <param name="folder">The folder; its lists of modules are read, if it has them.</param>
    /// <returns>
    /// The predicate. It takes a path relative to the folder, with <c>/</c> as the separator; the path of a folder ends with <c>/</c>.
    /// </returns>
    public static Func<string, bool> In(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        HashSet<string> listed = [.. Listed(folder, "modules.json"), .. Listed(folder, MultiVectorHead.ListFile)];
        return path =>
        {
            var slash = path.LastIndexOf('/');
            var (inner, name) = slash < 0 ? ("", path) : (path[..slash], path[(slash + 1)..]);
            return (inner.Length == 0 || IsModule(inner)) ? name.Length == 0 || Names.Contains(name) || Checkpoint.IsFileName(name)
                : inner == Templates && (name.Length == 0 || name.EndsWith(".jinja", StringComparison.Ordinal));
        };

        // The folder of a router's module is inside the router's folder.
        bool IsModule(string inner) => listed.Contains(inner) || ModuleFolder().IsMatch(inner[(inner.LastIndexOf('/') + 1)..])
            && (!inner.Contains('/') || IsModule(inner[..inner.LastIndexOf('/')]));
    }

    /// <summary>Returns the folders of the modules of a list, without that of the model; none if the list cannot be read.</summary>
    internal static IReadOnlyList<string> Listed(string folder, string list)
    {
        var path = Path.Combine(folder, list);
        try
        {
            using var document = JsonDocument.Parse(File.Exists(path) ? File.ReadAllBytes(path) : "[]"u8.ToArray());
            return [.. document.RootElement.EnumerateArray().Select(module => module.GetProperty("path").GetString()?.Trim('/') ?? "")
                .Where(inner => inner.Length > 0 && ModuleList.StaysInside(inner))];
        }
        catch (Exception e) when (
            e is JsonException or InvalidOperationException or KeyNotFoundException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Matches the names that sentence-transformers gives to the folders of its modules.</summary>
    [GeneratedRegex(
        @"^([A-Za-z]+_)?\d+_(BoW|CLIPModel|CNN|Dense|Dropout|LayerNorm|LSTM|LogitScore|MLMTransformer|MultiVectorMask|Normalize|Pooling|"
            + "Router|Asym|SparseAutoEncoder|SparseStaticEmbedding|SpladePooling|StaticEmbedding|Transformer|WeightedLayerPooling|"
            + @"WordEmbeddings|WordWeights)\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex ModuleFolder();
}
