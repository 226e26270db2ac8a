namespace Semblance;

/// <summary>
/// Provides the bundled default model for English and Chinese. The package <c>Semblance.Models.Mini</c> copies its folder to the program's
/// folder.
/// </summary>
public static class DefaultModel
{
    private const string Package = "Semblance.Models.Mini";
    private const string Name = "semblance-mini";

    /// <summary>
    /// Gets the folder of the model, in the layout of sentence-transformers. <see cref="SentenceTransformer.LoadDefault"/> loads it.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">
    /// The program was built without the package <c>Semblance.Models.Mini</c>, or the folder was not copied along with it.
    /// </exception>
    public static string Folder => FolderBeside(AppContext.BaseDirectory);

    internal static string FolderBeside(string program)
    {
        var folder = Path.Combine(program, "models", Name);
        return Directory.Exists(folder)
            ? folder
            : throw new DirectoryNotFoundException($"{folder}: the default model is missing. Add its package to the project (dotnet add "
                + $"package {Package}), copy the folder 'models' along with the program, or name another model.");
    }
}
