using System.Text.Json;
using System.Text.RegularExpressions;

namespace Semblance.Checkpoints;

/// <summary>Which files of a model are needed: configuration, tokenizer, modules and one form of the weights.</summary>
internal static partial class HubFiles
{
    public const string Modules = "modules.json";

    private const int MaxList = 64 << 20; // a list of modules has some hundred bytes, an index of shards some megabytes

    /// <summary>The needed ones among a model's files; small ones first, weights last.</summary>
    /// <param name="files">All files of the model.</param>
    /// <param name="modules">The contents of <c>modules.json</c>, if the model has it.</param>
    public static List<string> Select(IReadOnlyCollection<string> files, byte[]? modules)
    {
        var folders = ModuleFolders(modules);
        var inFolders = files.Where(file => folders.Contains(FolderOf(file)) || ModuleFolder().IsMatch(FolderOf(file))).Distinct().ToList();
        var safe = inFolders.Where(file => IsWeights(file) && file.Contains(".safetensors", StringComparison.Ordinal)).Select(FolderOf).ToHashSet();
        return
        [
            .. inFolders
                .Where(file => IsWeights(file) ? !IsPickled(file) || !safe.Contains(FolderOf(file)) : IsSettings(file))
                .OrderBy(IsWeights)
                .ThenBy(file => file, StringComparer.Ordinal),
        ];
    }

    /// <summary>What a snapshot lacks of a model, or what of it is damaged; null if it is whole. Partial ones are left by downloads of single files.</summary>
    public static string? Fault(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return $"the snapshot {folder} is missing";
        }

        var all = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).ToArray();
        if (all.Contains(Modules) && HubIntegrity.Fault(Path.Combine(folder, Modules)) is { } fault)
        {
            return fault;
        }

        var modules = all.Contains(Modules) ? ReadList(Path.Combine(folder, Modules)) : null;
        var files = Select(all, modules);
        return ModuleFolders(modules).FirstOrDefault(module => module.Length > 0 && !all.Any(file => FolderOf(file) == module)) is { } missing ? $"{folder} lacks the module '{missing}' that its {Modules} names"
            : !files.Contains("config.json") && !files.Contains(Modules) ? $"{folder} has neither config.json nor {Modules}"
            : !files.Any(file => IsWeights(file) && !file.EndsWith(".json", StringComparison.Ordinal)) ? $"{folder} has no weights"
            : files.Select(file => HubIntegrity.Fault(Path.Combine(folder, file))).FirstOrDefault(damage => damage is not null)
                ?? files.Where(file => IsWeights(file) && file.EndsWith(".index.json", StringComparison.Ordinal)).Select(index => MissingShard(folder, index, files)).FirstOrDefault(shard => shard is not null);
    }

    /// <summary>The content of a list of modules or shards.</summary>
    /// <exception cref="HubException">It is too long to be one.</exception>
    public static byte[] ReadList(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length > MaxList)
        {
            throw new HubException($"{path} has {file.Length} bytes; as a list of modules or shards it should have at most {MaxList}.");
        }

        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static string? MissingShard(string folder, string index, List<string> files)
    {
        try
        {
            using var document = JsonDocument.Parse(ReadList(Path.Combine(folder, index)));
            var beside = FolderOf(index) is { Length: > 0 } parent ? parent + "/" : "";
            var shards = document.RootElement.GetProperty("weight_map").EnumerateObject().Select(entry => beside + entry.Value.GetString());
            return shards.FirstOrDefault(shard => !files.Contains(shard)) is { } missing ? $"{folder} lacks the shard '{missing}' that {index} names" : null;
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
            using var document = JsonDocument.Parse(modules ?? "[]"u8.ToArray());
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
            // Whoever loads the model reports it; here it only says which folders to look at.
        }

        return folders;
    }

    private static string FolderOf(string file) => file.LastIndexOf('/') is >= 0 and var slash ? file[..slash] : "";

    public static bool IsWeights(string file) => Weights().IsMatch(file);

    private static bool IsPickled(string file) => file.Contains(".bin", StringComparison.Ordinal);

    private static bool IsSettings(string file) => Path.GetExtension(file) is ".json" or ".txt" or ".model" or ".jinja";

    [GeneratedRegex(@"(^|/)(model|adapter_model|pytorch_model)(-\d{5}-of-\d{5})?\.(safetensors|bin)(\.index\.json)?\z")]
    private static partial Regex Weights();

    /// <summary>The names sentence-transformers gives: <c>1_Pooling</c>, <c>query_0_Dense</c>, also within a module.</summary>
    [GeneratedRegex(@"^([A-Za-z]+_)?\d+_\w+(/([A-Za-z]+_)?\d+_\w+)*\z")]
    private static partial Regex ModuleFolder();
}
