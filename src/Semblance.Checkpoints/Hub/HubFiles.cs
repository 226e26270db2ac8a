using System.Text.Json;
using System.Text.RegularExpressions;
using Semblance.Files.Json;

namespace Semblance.Checkpoints;

/// <summary>Selects the files of a model that are needed: configuration, tokenizer, modules and one format of the weights.</summary>
internal static partial class HubFiles
{
    /// <summary>The file of the modules of a model of sentence-transformers.</summary>
    public const string Modules = "modules.json";

    /// <summary>The settings of an adapter, which can stand in place of a model's.</summary>
    private const string Adapter = "adapter_config.json";

    private const int MaxList = 64 << 20; // a list of modules has hundreds of bytes, an index of shards megabytes

    /// <summary>Returns the needed files of a model; small ones first, weights last.</summary>
    /// <param name="files">All files of the model.</param>
    /// <param name="modules">The content of <c>modules.json</c>, or <see langword="null"/> if the model has none.</param>
    public static List<string> Select(IReadOnlyCollection<string> files, byte[]? modules)
    {
        var folders = ModuleFolders(modules);
        var inFolders = files.Where(file => folders.Contains(FolderOf(file)) || ModuleFolder().IsMatch(FolderOf(file))).Distinct().ToList();
        var safe = inFolders.Where(file => IsWeights(file) && file.Contains(".safetensors", StringComparison.Ordinal))
            .Select(FolderOf).ToHashSet();
        return
        [
            .. inFolders
                .Where(file => IsWeights(file) ? !IsPickled(file) || !safe.Contains(FolderOf(file)) : IsSettings(file))
                .OrderBy(IsWeights)
                .ThenBy(file => file, StringComparer.Ordinal),
        ];
    }

    /// <summary>
    /// Returns what is missing or damaged in a snapshot, or <see langword="null"/> if it is complete. Downloads of single files leave
    /// incomplete snapshots.
    /// </summary>
    public static string? Fault(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return $"the snapshot {folder} is missing";
        }

        var all = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).ToArray();
        if (all.Contains(Modules) && HubIntegrity.Fault(Path.Combine(folder, Modules)) is { } fault)
        {
            return fault;
        }

        var modules = all.Contains(Modules) ? ReadList(Path.Combine(folder, Modules)) : null;
        var files = Select(all, modules);
        var emptyModule = ModuleFolders(modules).FirstOrDefault(module => module.Length > 0 && !all.Any(file => FolderOf(file) == module));
        return emptyModule is not null ? $"{folder} lacks the module '{emptyModule}' that its {Modules} names"
            : !files.Contains("config.json") && !files.Contains(Modules) && !files.Contains(Adapter)
                ? $"{folder} has neither config.json nor {Modules}"
            : !files.Any(file => IsWeights(file) && !file.EndsWith(".json", StringComparison.Ordinal)) ? $"{folder} has no weights"
            : files.Select(file => HubIntegrity.Fault(Path.Combine(folder, file))).FirstOrDefault(damage => damage is not null)
                ?? files.Where(file => IsWeights(file) && file.EndsWith(".index.json", StringComparison.Ordinal))
                    .Select(index => MissingShard(folder, index, files)).FirstOrDefault(shard => shard is not null);
    }

    /// <summary>Reads a list of modules or shards.</summary>
    /// <exception cref="HubException">The file is too long.</exception>
    public static byte[] ReadList(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length > MaxList)
        {
            throw new HubException($"{path} has {file.Length} bytes; a list of modules or shards has at most {MaxList}.");
        }

        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static string? MissingShard(string folder, string index, List<string> files)
    {
        try
        {
            using var document = JsonText.Parse(ReadList(Path.Combine(folder, index)));
            var beside = FolderOf(index) is { Length: > 0 } parent ? parent + "/" : "";
            var shards = document.RootElement.GetProperty("weight_map").EnumerateObject().Select(entry => beside + entry.Value.GetString());
            return shards.FirstOrDefault(shard => !files.Contains(shard)) is { } missing
                ? $"{folder} lacks the shard '{missing}' that {index} names"
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return $"{Path.Combine(folder, index)} is not an index of shards";
        }
    }

    private static HashSet<string> ModuleFolders(byte[]? modules)
    {
        var folders = new HashSet<string> { "" };
        try
        {
            using var document = JsonText.Parse(modules ?? "[]"u8.ToArray());
            foreach (var module in document.RootElement.EnumerateArray())
            {
                if (module.GetProperty("type").GetString()?.EndsWith(".Normalize", StringComparison.Ordinal) != true) // saves no files
                {
                    folders.Add(module.GetProperty("path").GetString()?.TrimEnd('/') is { } path && path != "." ? path : "");
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // The loader of the model reports it; here, the list only names folders.
        }

        return folders;
    }

    private static string FolderOf(string file) => file.LastIndexOf('/') is >= 0 and var slash ? file[..slash] : "";

    /// <summary>Returns whether a file holds weights, or is an index of them.</summary>
    public static bool IsWeights(string file) => Weights().IsMatch(file);

    private static bool IsPickled(string file) => file.Contains(".bin", StringComparison.Ordinal);

    private static bool IsSettings(string file) => Path.GetExtension(file) is ".json" or ".txt" or ".model" or ".jinja";

    [GeneratedRegex(@"(^|/)(model|adapter_model|pytorch_model)(-\d{5}-of-\d{5})?\.(safetensors|bin)(\.index\.json)?\z")]
    private static partial Regex Weights();

    /// <summary>
    /// Matches the folders of modules in sentence-transformers: <c>1_Pooling</c>, <c>query_0_Dense</c>, also within a module.
    /// </summary>
    [GeneratedRegex(@"^([A-Za-z]+_)?\d+_\w+(/([A-Za-z]+_)?\d+_\w+)*\z")]
    private static partial Regex ModuleFolder();
}
