namespace Semblance.Server;

/// <summary>Represents an adapter that a server offers as a model of its own name; it shares the weights of a served model.</summary>
/// <param name="Name">The name by which requests choose the adapter.</param>
/// <param name="Folder">The folder with <c>adapter_config.json</c> and the parameters, in the format of PEFT.</param>
/// <param name="Model">
/// The name of the served model that the adapter belongs to; null, the default, for the served model that its files name.
/// </param>
public sealed record ServedAdapter(string Name, string Folder, string? Model = null)
{
    /// <summary>Parses an adapter as written on a command line: <c>NAME=FOLDER</c>, or <c>NAME=FOLDER@MODEL</c>.</summary>
    /// <param name="text">The adapter.</param>
    /// <exception cref="FormatException">The name or the folder is missing.</exception>
    public static ServedAdapter Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (equals, at) = (text.IndexOf('=', StringComparison.Ordinal), text.LastIndexOf('@'));
        at = at > equals && !Directory.Exists(text[(equals + 1)..]) ? at : text.Length;
        var (folder, model) = (text[(equals + 1)..at], at < text.Length ? text[(at + 1)..] : null);
        return equals > 0 && folder.Length > 0 && model != ""
            ? new ServedAdapter(text[..equals], folder, model)
            : throw new FormatException($"'{text}' names no adapter; write a name and a folder, such as medical=runs/medical.");
    }
}
