using System.Text.Json;
using Semblance.Files;

namespace Semblance;

/// <summary>Writes small JSON files atomically.</summary>
internal static class JsonFile
{
    /// <summary>Writes an indented file.</summary>
    public static void Write(string path, Action<Utf8JsonWriter> content)
    {
        using var file = new AtomicFile(path);
        using (var json = new Utf8JsonWriter(file.Stream, new JsonWriterOptions { Indented = true }))
        {
            content(json);
        }

        file.Commit();
    }
}
