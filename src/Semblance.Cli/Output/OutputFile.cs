using System.CommandLine;

namespace Semblance.Cli.Output;

/// <summary>Checks the path of a result before the work starts.</summary>
internal static class OutputFile
{
    /// <summary>Adds a validator that accepts only paths with one of the extensions.</summary>
    public static void AcceptEndings(this Option<string?> option, bool standardOutput, params string[] endings) =>
        option.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && !(standardOutput && token.Value == "-") && !endings.Contains(Path.GetExtension(token.Value)))
        {
            result.AddError($"The output '{token.Value}' must end with {string.Join(" or ", endings)}.");
        }
    });

    /// <summary>Throws an exception unless the folder of a file exists.</summary>
    public static void CheckFolder(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{path}: the folder '{folder}' does not exist; create it, or choose another output.");
        }

        if (Directory.Exists(path))
        {
            throw new IOException($"{path}: this is a folder; choose another output.");
        }
    }

    /// <summary>Opens a file for writing; errors name the file.</summary>
    public static T Open<T>(string path, Func<T> open)
    {
        CheckFolder(path);
        try
        {
            return open();
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new IOException(
                $"{path}: the file cannot be written "
                + $"({(e is UnauthorizedAccessException ? "permission denied" : Failure.OneLine(e.Message))}); choose another output.",
                e);
        }
    }
}
