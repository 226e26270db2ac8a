using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Semblance.Extensions.AI;

/// <summary>Converts the values of data properties to labels of an index and back. Equal values have equal labels.</summary>
internal static class LabelCodec
{
    public const string SupportedTypes =
        "string, bool, byte, short, int, long, float, double, decimal, Guid, DateTime, DateTimeOffset, DateOnly, TimeOnly, the nullable "
        + "forms of these, string[] and List<string>";

    private const string DateTimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff";
    private const string TimeFormat = "HH:mm:ss.fffffff";

    private static readonly HashSet<Type> Numbers =
        [typeof(byte), typeof(short), typeof(int), typeof(long), typeof(float), typeof(double), typeof(decimal)];

    private static readonly HashSet<Type> Ordered = [typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly)];

    /// <summary>Returns a value that indicates whether properties of a type can be stored.</summary>
    public static bool Supports(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) || type == typeof(bool) || type == typeof(Guid) || Numbers.Contains(type) || Ordered.Contains(type)
            || IsList(type);
    }

    /// <summary>Returns a value that indicates whether a type is a list of strings.</summary>
    public static bool IsList(Type type) => type == typeof(string[]) || type == typeof(List<string>);

    /// <summary>Returns a value that indicates whether values of a type are compared as numbers.</summary>
    public static bool IsNumber(Type type) => Numbers.Contains(Nullable.GetUnderlyingType(type) ?? type);

    /// <summary>Returns a value that indicates whether the labels of a type have the order of its values.</summary>
    public static bool IsOrdered(Type type) => Ordered.Contains(Nullable.GetUnderlyingType(type) ?? type);

    /// <summary>Returns the name of the label that says that a list contains an element.</summary>
    public static string ElementKey(string name, string element) => $"{name}[{element}]";

    /// <summary>Converts a value to a label.</summary>
    public static string Encode(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        float number => (number == 0 ? 0 : number).ToString("R", CultureInfo.InvariantCulture),
        double number => (number == 0 ? 0 : number).ToString("R", CultureInfo.InvariantCulture),
        decimal number => (number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture), // without trailing zeros
        Guid guid => guid.ToString("D"),
        DateTime { Kind: DateTimeKind.Unspecified } time => time.ToString(DateTimeFormat, CultureInfo.InvariantCulture),
        DateTime time => time.ToUniversalTime().ToString(DateTimeFormat, CultureInfo.InvariantCulture) + "Z",
        DateTimeOffset time => time.UtcDateTime.ToString(DateTimeFormat, CultureInfo.InvariantCulture) + "Z",
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString(TimeFormat, CultureInfo.InvariantCulture),
        IReadOnlyList<string> list => Json(list),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException($"A value of the type {value.GetType()} is not supported; use {SupportedTypes}."),
    };

    /// <summary>Converts a label to a value of a type.</summary>
    /// <exception cref="FormatException">The label is not a value of the type.</exception>
    public static object Decode(Type type, string label)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var culture = CultureInfo.InvariantCulture;
        return type == typeof(string) ? label
            : type == typeof(bool) ? bool.Parse(label)
            : type == typeof(byte) ? byte.Parse(label, culture)
            : type == typeof(short) ? short.Parse(label, culture)
            : type == typeof(int) ? int.Parse(label, culture)
            : type == typeof(long) ? long.Parse(label, culture)
            : type == typeof(float) ? float.Parse(label, culture)
            : type == typeof(double) ? double.Parse(label, culture)
            : type == typeof(decimal) ? decimal.Parse(label, NumberStyles.Float, culture)
            : type == typeof(Guid) ? Guid.Parse(label)
            : type == typeof(DateTime) ? Time(label)
            : type == typeof(DateTimeOffset) ? new DateTimeOffset(Time(label))
            : type == typeof(DateOnly) ? DateOnly.ParseExact(label, "yyyy-MM-dd", culture)
            : type == typeof(TimeOnly) ? TimeOnly.ParseExact(label, TimeFormat, culture)
            : type == typeof(string[]) ? Strings(label).ToArray()
            : (object)Strings(label);
    }

    private static DateTime Time(string label) => label.EndsWith('Z')
        ? DateTime.SpecifyKind(DateTime.ParseExact(label[..^1], DateTimeFormat, CultureInfo.InvariantCulture), DateTimeKind.Utc)
        : DateTime.ParseExact(label, DateTimeFormat, CultureInfo.InvariantCulture);

    private static string Json(IReadOnlyList<string> list)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            foreach (var element in list)
            {
                json.WriteStringValue(element ?? throw new ArgumentException(
                    "A list of strings has an element that is null; leave it out, or give it a text.", nameof(list)));
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static List<string> Strings(string label)
    {
        try
        {
            using var json = JsonDocument.Parse(label);
            return [.. json.RootElement.EnumerateArray().Select(element => element.GetString() ?? "")];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"The label '{label}' is not a list of strings.", e);
        }
    }
}
