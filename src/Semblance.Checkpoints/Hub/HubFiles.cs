using System.Text.Json;
using System.Text.RegularExpressions;
using Semblance.Files.Json;

namespace Semblance.Checkpoints;

/// <summary>Which files of a model are needed: configuration, tokenizer, modules and one form of the weights.</summary>
internal static partial class HubFiles
{
    public const string Modules = "modules.json";

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

    /// <summary>Whether a snapshot has what a model needs; partial ones are left by downloads of single files.</summary>
    public static bool IsComplete(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return false;
        }

        var modules = Path.Combine(folder, Modules);
        var needed = ModuleFolders(File.Exists(modules) ? File.ReadAllBytes(modules) : null);
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(HubCache.Exists) // a link whose blob is gone does not count
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
            .ToHashSet();
        return needed.All(module => module.Length == 0 || files.Any(file => FolderOf(file) == module))
            && (files.Contains("config.json") || files.Contains(Modules))
            && files.Any(file => IsWeights(file) && !file.EndsWith(".json", StringComparison.Ordinal) && (needed.Contains(FolderOf(file)) || ModuleFolder().IsMatch(FolderOf(file))))
            && files.Where(file => IsWeights(file) && file.EndsWith(".index.json", StringComparison.Ordinal)).All(index => HasShards(folder, index, files));
    }

    private static bool HasShards(string folder, string index, HashSet<string> files)
    {
        try
        {
            using var document = JsonText.Parse(File.ReadAllBytes(Path.Combine(folder, index)));
            var beside = FolderOf(index) is { Length: > 0 } parent ? parent + "/" : "";
            return document.RootElement.GetProperty("weight_map").EnumerateObject().All(entry => files.Contains(beside + entry.Value.GetString()));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return false;
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
