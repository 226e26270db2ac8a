namespace Semblance.Server.OpenAI;

/// <summary>Represents a model of the server.</summary>
/// <param name="Id">The name.</param>
/// <param name="Object"><c>model</c>.</param>
/// <param name="Created">The time at which its files were written, in seconds since 1970.</param>
/// <param name="OwnedBy"><c>semblance</c>.</param>
internal sealed record ModelItem(string Id, string Object, long Created, string OwnedBy);
