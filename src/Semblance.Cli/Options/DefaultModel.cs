namespace Semblance.Cli.Options;

/// <summary>The model that is used when none is named: it lies beside the program.</summary>
internal static class DefaultModel
{
    /// <summary>Its folder.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "models", "stand-in");

    /// <summary>Its folder, with a word of warning.</summary>
    /// <exception cref="DirectoryNotFoundException">It is not there.</exception>
    public static string Folder(Host host)
    {
        if (!Directory.Exists(Path))
        {
            throw new DirectoryNotFoundException($"{Path}: the stand-in model is missing; name a model with --model.");
        }

        host.Error.WriteLine("note: no --model was named, so a stand-in is used; its weights are random and know no meaning.");
        return Path;
    }
}
