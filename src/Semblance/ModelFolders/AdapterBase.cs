using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Transformers;
using Semblance.Transformers.Adapters;
using Semblance.Transformers.Tasks;

namespace Semblance;

/// <summary>Finds the model that the adapter in a folder belongs to.</summary>
internal static class AdapterBase
{
    /// <summary>Returns the folder of the base model of an adapter; null if the folder has no adapter. The network is never used.</summary>
    /// <param name="folder">The folder of a model, or of one of its modules.</param>
    /// <exception cref="ModelFormatException">The adapter cannot be applied, or its base model is not found.</exception>
    public static string? Find(string folder)
    {
        if (!AdapterFiles.HasAdapter(folder))
        {
            return null;
        }

        var (path, name) = (Path.Combine(folder, AdapterConfig.FileName), NameOf(folder));
        try
        {
            var found = Beside(folder, name) ?? ModelFolder.Find(name, null);
            return Path.GetFullPath(found) != Path.GetFullPath(folder)
                ? found
                : throw new ModelFormatException(path, "'base_model_name_or_path' names the folder itself; expected that of a model.");
        }
        catch (DirectoryNotFoundException e)
        {
            throw new ModelFormatException(path, $"the base model of the adapter is not found: {e.Message}", e);
        }
    }

    /// <summary>
    /// Returns the folder with the transformer of the base model of an adapter, or the folder itself if it has no adapter.
    /// </summary>
    /// <param name="folder">The folder of a module.</param>
    public static string TransformerOf(string folder) => Find(folder) is not { } found ? folder
        : ModuleList.Exists(found) ? ModuleList.FolderOf(found, 0) : found;

    /// <summary>Downloads the base model of the adapters in a model's folder, unless it is a folder or in the cache.</summary>
    public static async Task DownloadAsync(string folder, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        foreach (var part in ModuleFiles(folder).Where(AdapterFiles.HasAdapter))
        {
            if (NameOf(part) is var name && Beside(part, name) is null)
            {
                var revision = AdapterConfig.Load(part).Revision;
                await ModelFolder.FindAsync(name, null, revision, progress, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Returns the settings of the model that are beside an adapter; <see langword="null"/> if there are none.</summary>
    /// <param name="folder">The folder of the adapter.</param>
    public static ConfigurationFile? SettingsOf(string folder) =>
        Path.Combine(folder, "config.json") is var path && File.Exists(path) ? ConfigurationFile.Read(path) : null;

    /// <summary>
    /// Returns the labels of the head that an adapter saved: those of the settings beside it, or numbered ones as in transformers.
    /// </summary>
    /// <param name="folder">The folder of the adapter.</param>
    /// <exception cref="ModelFormatException">The adapter has no head.</exception>
    public static IReadOnlyList<string> LabelsOf(string folder)
    {
        if (SettingsOf(folder) is { } settings)
        {
            return TaskModel.LabelNames(settings);
        }

        var file = Adapter.Open(folder);
        var head = file.Tensors.FirstOrDefault(tensor => tensor.Name.EndsWith("classifier.weight", StringComparison.Ordinal)
            || tensor.Name.EndsWith("score.weight", StringComparison.Ordinal)
            || tensor.Name.EndsWith("classifier.out_proj.weight", StringComparison.Ordinal));
        return head is { Shape.Count: 2 }
            ? [.. Enumerable.Range(0, (int)Math.Min(head.Shape[0], 1 << 20)).Select(i => $"LABEL_{i}")]
            : throw new ModelFormatException(file.Path, "the adapter has no head that classifies, and neither has its base model; expected "
                + "'classifier.weight', which task_type SEQ_CLS and TOKEN_CLS save.");
    }

    private static IEnumerable<string> ModuleFiles(string folder) =>
        ModelFiles.Listed(folder, ModuleList.FileName).Select(inner => Path.Combine(folder, inner)).Prepend(folder);

    // A relative path counts from the current folder first, then from the adapter's.
    private static string? Beside(string folder, string name) =>
        !Directory.Exists(name) && !Path.IsPathRooted(name) && Path.Combine(folder, name) is var beside && Directory.Exists(beside)
            ? beside : null;

    private static string NameOf(string folder) => AdapterConfig.Load(folder).BaseModel ?? throw new ModelFormatException(
        Path.Combine(folder, AdapterConfig.FileName),
        "'base_model_name_or_path' is missing; expected the folder or the Hub id of the model that the adapter belongs to.");
}
