namespace Semblance.Server;

/// <summary>Represents an API whose routes answer errors in one shape. It is the metadata of each of its endpoints.</summary>
internal abstract class Dialect
{
    /// <summary>Gets the name.</summary>
    public abstract string Name { get; }

    /// <summary>Gets the content types of bodies.</summary>
    public virtual string[] ContentTypes { get; } = ["application/json"];

    /// <summary>Returns the status of an error.</summary>
    public virtual int StatusOf(ServerError error) => error.Status;

    /// <summary>Writes an error, whose status is set.</summary>
    /// <param name="context">The request.</param>
    /// <param name="error">The error.</param>
    /// <param name="status">The status.</param>
    public abstract Task WriteAsync(HttpContext context, ServerError error, int status);
}
