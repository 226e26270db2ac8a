using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary><c>modules.json</c>: which modules a model is made of, in order, and where each has its files.</summary>
internal static class ModuleList
{
    /// <summary>The file's name.</summary>
    public const string FileName = "modules.json";

    private static readonly Dictionary<string, Func<string, bool, Module>> Loaders = new(StringComparer.Ordinal)
    {
        ["Asym"] = RouterModule.Load, // what Router was called before
        ["BoW"] = (folder, _) => BoWModule.Load(folder),
        ["CLIPModel"] = ClipModule.Load,
        ["CNN"] = CNNModule.Load,
        ["Dense"] = DenseModule.Load,
        ["Dropout"] = (folder, _) => DropoutModule.Load(folder),
        ["LayerNorm"] = LayerNormModule.Load,
        ["LSTM"] = LSTMModule.Load,
        ["MLMTransformer"] = MaskedLanguageModule.Load,
        ["MultiVectorMask"] = (folder, _) => MultiVectorMaskModule.Load(folder),
        ["Normalize"] = (folder, _) => NormalizeModule.Load(folder),
        ["Pooling"] = (folder, _) => PoolingModule.Load(folder),
        ["Router"] = RouterModule.Load,
        ["SparseAutoEncoder"] = SparseAutoEncoderModule.Load,
        ["SparseStaticEmbedding"] = SparseStaticEmbeddingModule.Load,
        ["SpladePooling"] = (folder, _) => SpladePoolingModule.Load(folder),
        ["StaticEmbedding"] = StaticEmbeddingModule.Load,
        ["Transformer"] = TransformerModule.Load,
        ["WeightedLayerPooling"] = WeightedLayerPoolingModule.Load,
        ["WordEmbeddings"] = WordEmbeddingsModule.Load,
        ["WordWeights"] = (folder, _) => WordWeightsModule.Load(folder),
    };

    /// <summary>Whether a folder has a list of modules.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>The types of the modules of a folder, in order; none where there is no list.</summary>
    public static IReadOnlyList<string> Types(string folder) => Exists(folder) ? [.. Entries(Path.Combine(folder, FileName)).Select(entry => entry.Type)] : [];

    /// <summary>Where the modules of a folder that has a list have their files, in order.</summary>
    public static IReadOnlyList<string> Folders(string folder) => [.. Entries(Path.Combine(folder, FileName)).Select(entry => entry.Folder)];

    /// <summary>Loads the modules of a folder; a plain transformer without <c>modules.json</c> gets mean pooling.</summary>
    public static IReadOnlyList<Module> Load(string folder, bool trainable)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            if (StaticEmbeddingModule.LoadModel2Vec(folder, trainable) is { } model2Vec)
            {
                return model2Vec;
            }

            var transformer = TransformerModule.Load(folder, trainable);
            return [transformer, new PoolingModule(transformer.Transformer.HiddenSize, [Pooling.Mean])];
        }

        var modules = new List<Module>();
        var entries = Entries(path);
        foreach (var (_, type, subfolder) in entries)
        {
            // Newer versions have one class for all tasks.
            var isMasked = NameOf(type) == "Transformer" && entries.Any(entry => NameOf(entry.Type) == "SpladePooling");
            var module = isMasked ? MaskedLanguageModule.Load(Path.Combine(folder, subfolder), trainable) : Load(path, type, Path.Combine(folder, subfolder), trainable);
            modules.Add(module);
        }

        return modules is [InputModule { TakesTexts: true }, ..]
            ? modules
            : throw new ModelFormatException(path, "the first module must be one that takes texts, such as a Transformer.");
    }

    /// <summary>Loads one module.</summary>
    /// <param name="path">The file that names it, for messages.</param>
    /// <param name="type">Its class in the original; older and newer versions keep the same class in different places.</param>
    /// <param name="folder">Where its files are.</param>
    /// <param name="trainable">Gives it parameters that training can change.</param>
    public static Module Load(string path, string type, string folder, bool trainable) =>
        (type.StartsWith("sentence_transformers.", StringComparison.Ordinal) || type == "pylate.models.Dense.Dense") && Loaders.TryGetValue(NameOf(type), out var load)
            ? load(folder, trainable)
            : throw new ModelFormatException(path, $"the module '{type}' is not supported; modules that are: {string.Join(", ", Loaders.Keys)} of sentence_transformers.models.");

    /// <summary>The last part of a module's type, such as <c>Pooling</c>.</summary>
    public static string NameOf(string type) => type[(type.LastIndexOf('.') + 1)..];

    /// <summary>Whether a path stays within the folder that it begins at.</summary>
    public static bool StaysInside(string path) => !Path.IsPathRooted(path) && !path.Split('/', '\\').Contains("..");

    /// <summary>Writes the modules, each to a folder of its own, and the list last, so that it never names what is not there.</summary>
    public static void Save(IReadOnlyList<Module> modules, string folder, DType weights)
    {
        var names = modules.Select((module, i) => i == 0 && module is InputModule { SavesInRoot: true } ? "" : $"{i}_{NameOf(module.Type)}").ToArray();
        for (var i = 0; i < modules.Count; i++)
        {
            modules[i].Save(Directory.CreateDirectory(Path.Combine(folder, names[i])).FullName, weights);
        }

        Save(folder, [.. modules.Select((module, i) => (names[i], module.Type))]);
    }

    /// <summary>Writes the list of modules that are there.</summary>
    public static void Save(string folder, IReadOnlyList<(string Folder, string Type)> modules) => JsonFile.Write(Path.Combine(folder, FileName), json =>
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

    private static List<Entry> Entries(string path)
    {
        try
        {
            using var document = JsonText.Parse(File.ReadAllBytes(path));
            var entries = new List<Entry>();
            foreach (var entry in document.RootElement.EnumerateArray())
            {
                var folder = entry.GetProperty("path").GetString() ?? "";
                if (!StaysInside(folder))
                {
                    throw new ModelFormatException(path, $"the path '{folder}' leads out of the model's folder.");
                }

                var index = entry.TryGetProperty("idx", out var number) ? number.GetInt32() : entries.Count;
                var before = entries.FindLastIndex(other => other.Index <= index);
                entries.Insert(before + 1, new Entry(index, entry.GetProperty("type").GetString() ?? "", folder));
            }

            return entries;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException and not ModelFormatException)
        {
            throw new ModelFormatException(path, $"expected a list of modules with 'idx', 'path' and 'type': {e.Message}", e);
        }
    }

    // A class, whose lists the runtime has ready: those of a struct are compiled while the first model is loaded.
    private sealed record Entry(int Index, string Type, string Folder);
}
