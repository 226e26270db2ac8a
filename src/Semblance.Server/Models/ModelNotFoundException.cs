namespace Semblance.Server.Models;

/// <summary>The exception that is thrown when a request names a model that the server does not offer.</summary>
internal sealed class ModelNotFoundException(string name, IEnumerable<string> known)
    : Exception($"The model '{name}' does not exist; the models of this server are {string.Join(", ", known)}.")
{
    /// <summary>Gets the name in the request.</summary>
    public string Name { get; } = name;
}
