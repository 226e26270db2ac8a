using System.Text.Json;
using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance.Transformers;

/// <summary>A JSON file of settings, such as <c>config.json</c>; every fault names the file and the field.</summary>
public sealed class ConfigurationFile
{
    private const long LargestFile = 16 << 20;

    private readonly JsonElement _root;

    private ConfigurationFile(string path, JsonElement root)
    {
        Path = path;
        _root = root;
    }

    /// <summary>The file, for messages.</summary>
    public string Path { get; }

    /// <summary>The settings as JSON.</summary>
    public JsonElement Root => _root;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="largest">The most bytes it may have: 16 MiB by default, which only a list of words exceeds.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">The file is not a JSON object.</exception>
    public static ConfigurationFile Read(string path, long largest = LargestFile)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new FileNotFoundException($"{path}: the file is missing; is this a model's folder, and was it copied whole?", path);
        }

        if (file.Length > largest)
        {
            throw new ModelFormatException(path, $"{file.Length:N0} bytes are too many for a configuration; expected a small JSON object.");
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

    /// <summary>Settings that are not in a file.</summary>
    internal static ConfigurationFile Of(string name, JsonElement root) => new(name, root);

    /// <summary>The value of a field, or null where it is absent or <c>null</c>.</summary>
    public JsonElement? Find(string field) =>
        _root.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A whole number within bounds.</summary>
    /// <param name="field">The field.</param>
    /// <param name="low">The smallest value allowed.</param>
    /// <param name="high">The largest value allowed: what no real model exceeds, so that a lying file costs no memory.</param>
    /// <param name="fallback">The value of an absent field; null when the field is required.</param>
    /// <exception cref="ModelFormatException">The field is absent, not a whole number or out of bounds.</exception>
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

    /// <summary>A number.</summary>
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

    /// <summary>A text.</summary>
    /// <exception cref="ModelFormatException">The field is not a text.</exception>
    public string? Text(string field) => Find(field) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } value => throw Fault(field, $"is {Show(value)}; expected a text"),
    };

    /// <summary>Yes or no.</summary>
    /// <exception cref="ModelFormatException">The field is neither true nor false.</exception>
    public bool Flag(string field, bool fallback) => Find(field) switch
    {
        null => fallback,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Fault(field, $"is {Show(value)}; expected true or false"),
    };

    /// <summary>A list of texts; empty where the field is absent.</summary>
    /// <exception cref="ModelFormatException">The field is not a list of texts.</exception>
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

    /// <summary>The settings in a nested object, or null where the field is absent; their faults name the same file.</summary>
    /// <exception cref="ModelFormatException">The field is not an object.</exception>
    public ConfigurationFile? Section(string field) => Find(field) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new ConfigurationFile(Path, value),
        { } value => throw Fault(field, $"is {Show(value)}; expected an object"),
    };

    /// <summary>Writes the file again, whole or not at all, with another value in one of its fields or one field more.</summary>
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

    /// <summary>A fault of a field, to be thrown.</summary>
    public ModelFormatException Fault(string field, string problem) => new(Path, $"'{field}' {problem}.");

    private static string Show(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 60 ? text : text[..60] + "…";
    }
}
