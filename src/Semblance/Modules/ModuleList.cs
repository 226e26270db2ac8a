using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>Reads and writes <c>modules.json</c>, which lists the modules of a model, in order, and the folder of each.</summary>
internal static class ModuleList
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "modules.json";

    // The maximum number of modules of a model, counted once for each route; published models have up to ten.
    private const int Most = 256;

    // The names of modules and the arguments of a model's own code have no effect here.
    private static readonly KnownKeys Keys = new KnownKeys().Supported("idx", "path", "type").Ignored("kwargs", "name");

    /// <summary>Returns a value that indicates whether a folder has a list of modules.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>Returns the folder of the first module, relative to the model's; empty without a list.</summary>
    public static string FirstFolder(string folder) =>
        Exists(folder) && Entries(Path.Combine(folder, FileName)) is [var first, ..] ? first.Folder : "";

    /// <summary>Returns the types of the modules of a folder, in order; none if there is no list.</summary>
    public static IReadOnlyList<string> Types(string folder) =>
        Exists(folder) ? [.. Entries(Path.Combine(folder, FileName)).Select(entry => entry.Type)] : [];

    /// <summary>Returns the folder of a module, for a model folder that has a list.</summary>
    /// <exception cref="ModelFormatException">There is no such module, or its path leads out of the folder.</exception>
    public static string FolderOf(string folder, int index)
    {
        var path = Path.Combine(folder, FileName);
        return Entries(path) is var entries && index < entries.Count
            ? Inside(path, folder, entries[index].Folder)
            : throw new ModelFormatException(path, $"found {entries.Count} modules, expected at least {index + 1}.");
    }

    /// <summary>
    /// Loads the modules of a folder. A plain transformer without <c>modules.json</c> gets the pooling that the original gives it.
    /// </summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="trainable"><see langword="true"/> to load parameters that can be trained; otherwise, <see langword="false"/>.</param>
    /// <param name="arrange">Converts the listed modules into those that the model needs; null if no conversion is needed.</param>
    /// <param name="list">The name of the list.</param>
    /// <returns>The modules, and the warnings that do not belong to one of them.</returns>
    /// <exception cref="ModelFormatException">
    /// A module cannot be loaded, or does not fit the one before it; the message names all such faults.
    /// </exception>
    public static (IReadOnlyList<Module> Modules, IReadOnlyList<string> Warnings) Load(
        string folder, bool trainable, Func<IEnumerable<Module>, IEnumerable<Module>>? arrange = null, string list = FileName)
    {
        AdapterFiles.HasAdapter(folder);
        var path = Path.Combine(folder, list);
        if (!File.Exists(path))
        {
            return StaticEmbeddingModule.LoadModel2Vec(folder, trainable) is { } model2Vec
                ? (model2Vec, []) : WithPooling(folder, TransformerModule.Load(folder, trainable));
        }

        var warnings = new List<string>();
        var (modules, faults) = (new List<Module>(), new List<ModelFormatException>());
        var entries = Entries(path, warnings);
        CheckCount(path, entries.Count);
        foreach (var (type, subfolder) in entries)
        {
            // Newer versions have one class for all tasks.
            var isMasked = NameOf(type) == "Transformer" && entries.Any(entry => NameOf(entry.Type) == "SpladePooling");
            try
            {
                modules.Add(isMasked
                    ? MaskedLanguageModule.Load(Inside(path, folder, subfolder), trainable)
                    : ModuleRegistry.Load(path, type, Inside(path, folder, subfolder), trainable));
            }
            catch (ModelFormatException e)
            {
                faults.Add(e);
            }

            CheckCount(path, Count(modules));
        }

        if (faults.Count == 0 && modules is not [InputModule { TakesTexts: true }, ..])
        {
            throw new ModelFormatException(path, "the first module must be one that accepts texts, such as a Transformer.");
        }

        // The inputs of the modules after one that could not be loaded are unknown.
        var arranged = faults.Count > 0 ? modules : [.. arrange?.Invoke(modules) ?? modules];
        var misfits = faults.Count > 0 ? [] : FeatureShape.Of(arranged, path, warnings).Problems;
        return (faults.Count, misfits.Count) switch
        {
            (0, 0) => (arranged, warnings),
            (1, 0) => throw faults[0],
            (0, _) => throw new ModelFormatException(path, $"the modules do not fit each other: {string.Join("; ", misfits)}."),
            _ => throw new ModelFormatException(path,
                $"modules cannot be loaded: {string.Join(" ", faults.Select(fault => fault.Message))}", faults[0]),
        };
    }

    /// <summary>Returns the folder of a module, which must be inside that of the model.</summary>
    /// <param name="path">The file that names the folder, for messages.</param>
    /// <param name="folder">The folder that must contain it.</param>
    /// <param name="name">The relative path; empty for the folder itself.</param>
    /// <exception cref="ModelFormatException">The path, or a link on it, leads out of the folder.</exception>
    public static string Inside(string path, string folder, string name)
    {
        if (!StaysInside(name) || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new ModelFormatException(path, $"the path '{name}' leads out of the model's folder; expected one inside of it.");
        }

        var inside = folder;
        foreach (var part in name.Split('/', '\\').Where(part => part is not ("" or ".")))
        {
            inside = Path.Combine(inside, part);
            if (new DirectoryInfo(inside) is { Exists: true, LinkTarget: not null } link && !IsWithin(folder, link))
            {
                throw new ModelFormatException(path,
                    $"the path '{name}' is a link that leads out of the model's folder; expected a folder inside of it.");
            }
        }

        return inside;
    }

    /// <summary>Returns the number of modules, those on the routes of routers included.</summary>
    public static int Count(IEnumerable<Module> modules) => modules.Sum(module => module is RouterModule router ? router.Count : 1);

    /// <summary>
    /// Throws if there are more modules than any model has: a short file can name one a thousand times, and nested routers multiply them.
    /// </summary>
    /// <param name="path">The file that names them, for the message.</param>
    /// <param name="count">The number of modules.</param>
    /// <exception cref="ModelFormatException">There are too many.</exception>
    public static void CheckCount(string path, int count)
    {
        if (count > Most)
        {
            throw new ModelFormatException(path, $"found {count} modules; a model has at most {Most}.");
        }
    }

    /// <summary>Returns the last part of a module's type, such as <c>Pooling</c>.</summary>
    public static string NameOf(string type) => type[(type.LastIndexOf('.') + 1)..];

    /// <summary>Returns a value that indicates whether a relative path stays inside the folder that it starts from.</summary>
    public static bool StaysInside(string path) => !Path.IsPathRooted(path) && !path.Split('/', '\\').Contains("..");

    private static bool IsWithin(string folder, DirectoryInfo link)
    {
        var root = Path.GetFullPath(new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder)
            + Path.DirectorySeparatorChar;
        return link.ResolveLinkTarget(returnFinalTarget: true) is { } target && target.FullName.StartsWith(root, StringComparison.Ordinal);
    }

    // As in the original: the last token of a causal model, the only one that attends to all others; otherwise, the mean of all tokens.
    private static (IReadOnlyList<Module> Modules, IReadOnlyList<string> Warnings) WithPooling(string folder, TransformerModule transformer)
    {
        var config = ConfigurationFile.OfModel(AdapterBase.TransformerOf(folder));
        var isCausal = config.Texts("architectures") is [var first, ..]
            && first.EndsWith("ForCausalLM", StringComparison.Ordinal) && config.Flag("is_causal", true);
        var pooling = new PoolingModule(transformer.Transformer.HiddenSize, [isCausal ? Pooling.LastToken : Pooling.Mean]);
        return ([transformer, pooling], [$"{folder}: there is no {FileName}, so texts are pooled by "
            + $"{(isCausal ? "their last token, because the model is causal" : "the mean of their tokens")}."]);
    }

    /// <summary>Writes the modules, each to a folder of its own, and the list last, so that it never names a missing module.</summary>
    public static void Save(IReadOnlyList<Module> modules, string folder, DType weights)
    {
        var names = modules.Select((module, i) => i == 0 && module is InputModule { SavesInRoot: true } ? "" : $"{i}_{NameOf(module.Type)}")
            .ToArray();
        for (var i = 0; i < modules.Count; i++)
        {
            modules[i].Save(Directory.CreateDirectory(Path.Combine(folder, names[i])).FullName, weights);
        }

        Save(folder, [.. modules.Select((module, i) => (names[i], module.Type))]);
    }

    /// <summary>Writes the list for modules that are already written.</summary>
    public static void Save(string folder, IReadOnlyList<(string Folder, string Type)> modules, string list = FileName) =>
        JsonFile.Write(Path.Combine(folder, list), json =>
    {
        json.WriteStartArray();
        for (var i = 0; i < modules.Count; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("idx", i);
            json.WriteString("name", i.ToString(System.Globalization.CultureInfo.InvariantCulture));
            json.WriteString("path", modules[i].Folder);
            json.WriteString("type", modules[i].Type);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static List<Entry> Entries(string path, List<string>? warnings = null)
    {
        try
        {
            using var document = JsonText.Parse(File.ReadAllBytes(path));
            var entries = new List<Entry>();
            foreach (var entry in document.RootElement.EnumerateArray())
            {
                foreach (var unknown in Keys.Check(entry).Unknown)
                {
                    warnings?.Add($"{path}: '{unknown}' of module {entries.Count} is not a known key and is ignored.");
                }

                var folder = entry.GetProperty("path").GetString() ?? "";
                if (!StaysInside(folder))
                {
                    throw new ModelFormatException(path, $"the path '{folder}' leads out of the model's folder.");
                }

                var index = entry.TryGetProperty("idx", out var number) ? number.GetInt32() : entries.Count;
                if (index != entries.Count)
                {
                    warnings?.Add($"{path}: 'idx' of module {entries.Count} is {index}; the modules are taken in the order of the file.");
                }

                entries.Add(new Entry(entry.GetProperty("type").GetString() ?? "", folder));
            }

            return entries;
        }
        catch (Exception e) when (
            e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException and not ModelFormatException)
        {
            throw new ModelFormatException(path, $"expected a list of modules with 'idx', 'path' and 'type': {e.Message}", e);
        }
    }

    // A class, because the runtime has precompiled lists of classes; those of a struct would be compiled while the first model is loaded.
    private sealed record Entry(string Type, string Folder);
}
