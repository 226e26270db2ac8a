using Semblance.Checkpoints;
using Semblance.Files;

namespace Semblance;

/// <summary>Provides the ids of models on the Hugging Face Hub.</summary>
public static class HubId
{
    private static readonly string[] FileExtensions =
        [".yaml", ".yml", ".json", ".jsonl", ".txt", ".tsv", ".csv", ".npy", ".safetensors", ".bin", ".gz"];

    /// <summary>
    /// Returns the id on the Hub of a model that is not a folder. A name without an organization gets that of its kind, as in
    /// sentence-transformers: <c>all-MiniLM-L6-v2</c> is <c>sentence-transformers/all-MiniLM-L6-v2</c>; a cross-encoder gets
    /// <c>cross-encoder</c>, a sparse encoder <c>sparse-encoder</c>. The first models of transformers, such as <c>bert-base-uncased</c>,
    /// have no organization.
    /// </summary>
    /// <param name="model">The name.</param>
    /// <param name="kind">The kind of model; null for one that has no organization of its own, such as a text generator.</param>
    /// <returns>The id.</returns>
    /// <exception cref="DirectoryNotFoundException">The name is a path of a folder that does not exist.</exception>
    public static string Of(string model, ModelKind? kind = ModelKind.SentenceTransformer)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        if (IsPath(model))
        {
            throw new DirectoryNotFoundException($"{model}: {Missing(model)}");
        }

        var organization = kind switch
        {
            ModelKind.SentenceTransformer => "sentence-transformers/",
            ModelKind.CrossEncoder => "cross-encoder/",
            ModelKind.SparseEncoder => "sparse-encoder/",
            _ => "",
        };
        return model.Contains('/', StringComparison.Ordinal) || TransformerNames.Contains(model) ? model : organization + model;
    }

    /// <summary>
    /// Returns the exception for a name that is neither a folder nor the id of a model that can be downloaded: a similar folder is suggested,
    /// as the name was perhaps meant for one.
    /// </summary>
    /// <param name="model">The name.</param>
    /// <param name="id">Its id (<see cref="Of"/>).</param>
    /// <param name="failure">The failure of the download.</param>
    public static DirectoryNotFoundException NotFound(string model, string id, HubException failure)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentNullException.ThrowIfNull(failure);
        return new(
            $"{model}: there is no such folder, and the model '{id}' of the Hugging Face Hub is neither in the cache nor "
            + $"can it be downloaded ({failure.Message.TrimEnd('.')}).{Nearest(model, ".")} Give a model's folder, or an id with its "
            + "organization, such as sentence-transformers/all-MiniLM-L6-v2.",
            failure);
    }

    /// <summary>
    /// Returns a value that indicates whether a name can only be that of a file or folder: it has the form of a path or the extension of a
    /// file, or it has one separator and the folder before it exists.
    /// </summary>
    /// <param name="model">The name.</param>
    public static bool IsPath(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Path.Exists(model) || Path.IsPathRooted(model) || model.StartsWith('.') || model.StartsWith('~')
            || model.Contains('\\', StringComparison.Ordinal) || model.EndsWith('/') || model.Count(c => c == '/') > 1
            || IsFileName(model) || (model.Contains('/', StringComparison.Ordinal) && Directory.Exists(Path.GetDirectoryName(model)));
    }

    private static bool IsFileName(string model) =>
        FileExtensions.Any(extension => model.EndsWith(extension, StringComparison.OrdinalIgnoreCase));

    private static string Missing(string model)
    {
        const string Expected = "give a model's folder, or an id such as sentence-transformers/all-MiniLM-L6-v2.";
        if (File.Exists(model))
        {
            return $"this is a file, and no model's folder; {Expected}";
        }

        if (IsFileName(model))
        {
            return $"this is the name of a file, and no such file exists; {Expected}";
        }

        var path = Path.TrimEndingDirectorySeparator(model);
        var parent = Path.GetDirectoryName(path) is { Length: > 0 } named ? named : ".";
        var isPerhapsId = !Path.IsPathRooted(model) && model[0] is not ('.' or '~') && path.Count(c => c == '/') == 1;
        return $"there is no such folder; {Expected}{Nearest(path, parent)}" + (isPerhapsId
            ? $" The folder '{parent}' exists, so the name is taken for a path; if the model of that id on the Hub is meant, download it "
                + $"with 'semblance download {path}' and name the folder that it prints."
            : "");
    }

    // A folder beside the missing one with a similar name.
    private static string Nearest(string path, string parent)
    {
        try
        {
            var name = Path.GetFileName(path);
            return Directory.Exists(parent)
                ? SimilarName.Question(path, Directory.EnumerateDirectories(parent).Take(1000)
                    .Select(folder => path[..^name.Length] + Path.GetFileName(folder)))
                : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
