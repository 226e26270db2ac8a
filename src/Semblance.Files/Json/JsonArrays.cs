using System.Text.Json;

namespace Semblance.Files.Json;

/// <summary>Writes arrays as members of JSON objects.</summary>
public static class JsonArrays
{
    /// <summary>Writes an array of integers.</summary>
    /// <param name="json">The writer, within an object.</param>
    /// <param name="name">The name of the member.</param>
    /// <param name="values">The elements.</param>
    public static void WriteNumbers(this Utf8JsonWriter json, string name, ReadOnlySpan<int> values)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes an array of numbers.</summary>
    /// <inheritdoc cref="WriteNumbers(Utf8JsonWriter, string, ReadOnlySpan{int})"/>
    public static void WriteNumbers(this Utf8JsonWriter json, string name, ReadOnlySpan<float> values)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes an array of texts.</summary>
    /// <inheritdoc cref="WriteNumbers(Utf8JsonWriter, string, ReadOnlySpan{int})"/>
    public static void WriteStrings(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(values);
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
