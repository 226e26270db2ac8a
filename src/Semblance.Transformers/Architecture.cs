namespace Semblance.Transformers;

/// <summary>How a body is made of a configuration and weights.</summary>
/// <param name="Prefix">What may stand before the names of the body in a file that has a head too.</param>
/// <param name="Create">Puts it together; the last argument says whether it will be trained.</param>
internal sealed record Architecture(string Prefix, Func<ConfigurationFile, Weights, bool, Transformer> Create);
