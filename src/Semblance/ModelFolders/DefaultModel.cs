namespace Semblance;

/// <summary>The model in the box, English and Chinese: its folder travels beside the assembly, with project references and in the package.</summary>
public static class DefaultModel
{
    // The one place that names it: what lies in models/ is built and packed as it is.
    private const string Name = "semblance-mini";

    /// <summary>Its folder, in the layout of sentence-transformers; <see cref="SentenceTransformer.LoadDefault"/> loads it.</summary>
    /// <exception cref="DirectoryNotFoundException">It is not there.</exception>
    public static string Folder => FolderBeside(AppContext.BaseDirectory);

    internal static string FolderBeside(string program)
    {
        var folder = Path.Combine(program, "models", Name);
        return Directory.Exists(folder)
            ? folder
            : throw new DirectoryNotFoundException($"{folder}: the default model is missing; it should lie beside the program. Copy the folder 'models' of the build's output along with it, or name another model.");
    }
}
