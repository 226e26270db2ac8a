namespace Semblance;

/// <summary>
/// Provides the bundled default model for English and Chinese. The package <c>Semblance.Models.Mini</c> copies its folder to the program's
/// folder.
/// </summary>
public static class DefaultModel
{
    /// <summary>The name of the bundled model wherever a model is named: in <c>Load</c>, in recipes and in commands.</summary>
    public const string Name = "default";

    private const string Package = "Semblance.Models.Mini";
    private const string FolderName = "semblance-mini";

    /// <summary>
    /// Gets the folder of the model, in the layout of sentence-transformers. <see cref="SentenceTransformer.LoadDefault"/> loads it.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">
    /// The program was built without the package <c>Semblance.Models.Mini</c>, or the folder was not copied along with it.
    /// </exception>
    public static string Folder => FolderBeside(AppContext.BaseDirectory);

    /// <summary>
    /// Returns the folder of the bundled model for <see cref="Name"/>, and any other name as it is; <c>./default</c> is a folder of that
    /// name.
    /// </summary>
    /// <param name="model">A folder, an id on the Hub, or <see cref="Name"/>.</param>
    /// <returns>A folder, or an id on the Hub.</returns>
    /// <inheritdoc cref="Folder" path="/exception"/>
    public static string Resolve(string model) => model == Name ? Folder : model;

    internal static string FolderBeside(string program)
    {
        var folder = Path.Combine(program, "models", FolderName);
        return Directory.Exists(folder)
            ? folder
            : throw new DirectoryNotFoundException($"{folder}: the default model is missing. Add its package to the project (dotnet add "
                + $"package {Package}), copy the folder 'models' along with the program, or name another model.");
    }
}
