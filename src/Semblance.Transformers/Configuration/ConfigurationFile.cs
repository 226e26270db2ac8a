using System.Collections.Concurrent;
using System.Text.Json;
using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance.Transformers;

/// <summary>Represents a JSON file of settings, such as <c>config.json</c>; every error names the file and the field.</summary>
public sealed class ConfigurationFile
{
    private const long LargestFile = 16 << 20;

    private readonly JsonElement _root;
    private readonly string _section; // "" or such as "rope_parameters."
    private readonly ConcurrentDictionary<string, byte> _asked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConfigurationFile> _sections = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _warnings; // shared with all sections
    private KnownKeys? _keys;

    private ConfigurationFile(string path, JsonElement root, string section = "", ConcurrentQueue<string>? warnings = null)
    {
        Path = path;
        _root = root;
        _section = section;
        _warnings = warnings ?? new ConcurrentQueue<string>();
    }

    /// <summary>Gets the path of the file, for messages.</summary>
    public string Path { get; }

    /// <summary>
    /// Gets one sentence for each problem with keys that are unknown or not applied, with the names of the file and the keys.
    /// </summary>
    public IReadOnlyList<string> Warnings => [.. _warnings];

    /// <summary>Gets the keys that the file was checked for; <see langword="null"/> if it was not checked.</summary>
    internal KnownKeys? Keys => _keys;

    /// <summary>Gets the keys that were read, by their newest names.</summary>
    internal IReadOnlyCollection<string> Asked => [.. _asked.Keys];

    /// <summary>Gets the sections that were read.</summary>
    internal IReadOnlyDictionary<string, ConfigurationFile> Sections => _sections;

    /// <summary>Gets the settings as JSON.</summary>
    public JsonElement Root => _root;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="largest">The maximum size in bytes: 16 MiB by default, which only a vocabulary exceeds.</param>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The file is not a JSON object.</exception>
    public static ConfigurationFile Read(string path, long largest = LargestFile)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new FileNotFoundException($"{path}: the file is missing; check that the folder has a complete model.", path);
        }

        if (file.Length > largest)
        {
            throw new ModelFormatException(
                path, $"the file has {file.Length:N0} bytes, too many for a configuration; expected a small JSON object.");
        }

        try
        {
            using var document = JsonText.Parse(File.ReadAllBytes(path), JsonCommentHandling.Skip);
            var root = document.RootElement.Clone();
            return root.ValueKind == JsonValueKind.Object
                ? new ConfigurationFile(path, root)
                : throw new ModelFormatException(path, $"found a JSON {root.ValueKind.ToString().ToLowerInvariant()}, expected an object.");
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(path, $"not valid JSON: {e.Message}", e);
        }
    }

    /// <summary>Reads the <c>config.json</c> of a model's folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">
    /// The file is not a JSON object, or the folder has an adapter, which is not supported.
    /// </exception>
    public static ConfigurationFile OfModel(string folder)
    {
        AdapterFiles.Refuse(folder);
        return Read(System.IO.Path.Combine(folder, "config.json"));
    }

    /// <summary>Creates settings that are not in a file.</summary>
    /// <param name="name">The name of the settings in messages.</param>
    /// <param name="root">A JSON object.</param>
    public static ConfigurationFile Of(string name, JsonElement root) => new(name, root);

    /// <summary>Checks the keys of the file, so that none is ignored silently, and keeps their other names.</summary>
    /// <param name="keys">The keys that the reader knows.</param>
    /// <param name="isShared"><see langword="true"/> if unknown keys belong to another reader. <see langword="false"/> by default.</param>
    /// <returns>The file itself. Unknown keys are in its <see cref="Warnings"/>.</returns>
    /// <exception cref="ModelFormatException">
    /// A key requires something that is not supported, or two names of one key have different values.
    /// </exception>
    public ConfigurationFile Check(KnownKeys keys, bool isShared = false)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _keys = keys;
        var (unknown, faults) = keys.Check(_root);
        faults =
        [
            .. faults,
            .. _root.EnumerateObject()
                .Where(member => keys.KeyOf(member.Name) is var key && key != member.Name && Has(key) && Has(member.Name)
                    && !JsonElement.DeepEquals(_root.GetProperty(key), member.Value))
                .Select(member => $"'{member.Name}' is {Show(member.Value)}, but '{keys.KeyOf(member.Name)}' is "
                    + $"{Show(_root.GetProperty(keys.KeyOf(member.Name)))}; both name the same setting, expected one of them"),
        ];
        if (faults.Count > 0)
        {
            throw new ModelFormatException(
                Path, $"{(_section.Length > 0 ? $"in '{_section.TrimEnd('.')}', " : "")}{string.Join("; ", faults)}.");
        }

        string[] named = [.. unknown.Where(Has).Select(key => $"'{_section}{key}'")];
        if (named.Length > 0 && !isShared)
        {
            Warn($"{string.Join(", ", named)} {(named.Length == 1 ? "is not a known key and is" : "are not known keys and are")} ignored.");
        }

        return this;
    }

    /// <summary>Adds a sentence to <see cref="Warnings"/>, unless it is already there.</summary>
    /// <param name="problem">The part of the file that is ignored or interpreted differently.</param>
    public void Warn(string problem)
    {
        var warning = $"{Path}: {problem}";
        if (!_warnings.Contains(warning))
        {
            _warnings.Enqueue(warning);
        }
    }

    /// <summary>Returns the value of a field; <see langword="null"/> if it is absent or <c>null</c>.</summary>
    public JsonElement? Find(string field)
    {
        _asked.TryAdd(field, 0);
        return Has(NameOf(field)) ? _root.GetProperty(NameOf(field)) : null;
    }

    /// <summary>
    /// Returns a value that indicates whether the file has a field whose value is <c>null</c>, which can differ in meaning from an absent
    /// field.
    /// </summary>
    /// <param name="field">The field.</param>
    public bool IsNull(string field) => Find(field) is null && _root.TryGetProperty(NameOf(field), out _);

    /// <summary>Reads a whole number within a range.</summary>
    /// <param name="field">The field.</param>
    /// <param name="low">The smallest value allowed.</param>
    /// <param name="high">The largest value allowed: above every real model, so that a damaged file costs no memory.</param>
    /// <param name="fallback">The value if the field is absent; <see langword="null"/> if the field is required.</param>
    /// <exception cref="ModelFormatException">The field is absent, not a whole number or out of range.</exception>
    public int WholeNumber(string field, int low, int high, int? fallback = null)
    {
        if (Find(field) is not { } value)
        {
            return fallback ?? throw Fault(field, "is missing; it is needed");
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= low && number <= high
            ? number
            : throw Fault(field, $"is {Show(value)}; expected a whole number from {low} to {high}");
    }

    /// <summary>Reads a number.</summary>
    /// <exception cref="ModelFormatException">The field is not a finite number.</exception>
    public float Number(string field, float fallback)
    {
        if (Find(field) is not { } value)
        {
            return fallback;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && float.IsFinite((float)number)
            ? (float)number
            : throw Fault(field, $"is {Show(value)}; expected a number");
    }

    /// <summary>Reads a string.</summary>
    /// <exception cref="ModelFormatException">The field is not a string.</exception>
    public string? Text(string field) => Find(field) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } value => throw Fault(field, $"is {Show(value)}; expected a text"),
    };

    /// <summary>Reads a Boolean.</summary>
    /// <exception cref="ModelFormatException">The field is neither true nor false.</exception>
    public bool Flag(string field, bool fallback) => Find(field) switch
    {
        null => fallback,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Fault(field, $"is {Show(value)}; expected true or false"),
    };

    /// <summary>Reads a list of strings; it is empty if the field is absent.</summary>
    /// <exception cref="ModelFormatException">The field is not a list of strings.</exception>
    public IReadOnlyList<string> Texts(string field)
    {
        if (Find(field) is not { } value)
        {
            return [];
        }

        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : throw Fault(field, $"is {Show(value)}; expected a list of texts");
    }

    /// <summary>
    /// Returns the settings in a nested object, whose errors name the same file; <see langword="null"/> if the field is absent.
    /// </summary>
    /// <exception cref="ModelFormatException">The field is not an object.</exception>
    public ConfigurationFile? Section(string field) => Find(field) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value =>
            _sections.GetOrAdd(field, _ => new ConfigurationFile(Path, value, $"{_section}{field}.", _warnings)),
        { } value => throw Fault(field, $"is {Show(value)}; expected an object"),
    };

    /// <summary>Writes the file again, completely or not at all, with a field added or changed.</summary>
    /// <param name="field">The field.</param>
    /// <param name="value">Writes the value.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveWith(string field, Action<Utf8JsonWriter> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        using var file = new AtomicFile(Path);
        using (var json = new Utf8JsonWriter(file.Stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            foreach (var property in _root.EnumerateObject().Where(property => !property.NameEquals(field)))
            {
                property.WriteTo(json);
            }

            json.WritePropertyName(field);
            value(json);
            json.WriteEndObject();
        }

        file.Commit();
    }

    /// <summary>Creates an exception for a field.</summary>
    public ModelFormatException Fault(string field, string problem) => new(Path, $"'{NameOf(field)}' {problem}.");

    private bool Has(string name) => _root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    // Returns the name under which the file has a field.
    private string NameOf(string field) => _keys is null || Has(field) ? field : _keys.NamesOf(field).FirstOrDefault(Has) ?? field;

    private static string Show(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 60 ? text : text[..60] + "…";
    }
}
