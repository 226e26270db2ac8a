using System.Text.RegularExpressions;

namespace Semblance.Training;

/// <summary>The papers that losses are from, as BibTeX.</summary>
internal static partial class LossCitations
{
    private const string SentenceBert =
        """
        @inproceedings{reimers-2019-sentence-bert,
            title = "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks",
            author = "Reimers, Nils and Gurevych, Iryna",
            booktitle = "Proceedings of the 2019 Conference on Empirical Methods in Natural Language Processing",
            month = "11",
            year = "2019",
            publisher = "Association for Computational Linguistics",
            url = "https://arxiv.org/abs/1908.10084",
        }
        """;

    private const string Hermans =
        """
        @misc{hermans2017defense,
            title = {In Defense of the Triplet Loss for Person Re-Identification},
            author = {Alexander Hermans and Lucas Beyer and Bastian Leibe},
            year = {2017},
            eprint = {1703.07737},
            archivePrefix = {arXiv},
            primaryClass = {cs.CV}
        }
        """;

    private const string Schroff =
        """
        @inproceedings{schroff2015facenet,
            title = {FaceNet: A Unified Embedding for Face Recognition and Clustering},
            author = {Florian Schroff and Dmitry Kalenichenko and James Philbin},
            booktitle = {Proceedings of the IEEE Conference on Computer Vision and Pattern Recognition},
            year = {2015},
            url = {https://arxiv.org/abs/1503.03832}
        }
        """;

    private const string Henderson =
        """
        @misc{henderson2017efficient,
            title = {Efficient Natural Language Response Suggestion for Smart Reply},
            author = {Matthew Henderson and Rami Al-Rfou and Brian Strope and Yun-hsuan Sung and Laszlo Lukacs and Ruiqi Guo and Sanjiv Kumar and Balint Miklos and Ray Kurzweil},
            year = {2017},
            eprint = {1705.00652},
            archivePrefix = {arXiv},
            primaryClass = {cs.CL}
        }
        """;

    private const string Hadsell =
        """
        @inproceedings{hadsell2006dimensionality,
            title = {Dimensionality Reduction by Learning an Invariant Mapping},
            author = {Raia Hadsell and Sumit Chopra and Yann LeCun},
            booktitle = {2006 IEEE Computer Society Conference on Computer Vision and Pattern Recognition},
            year = {2006},
            volume = {2},
            pages = {1735-1742},
            doi = {10.1109/CVPR.2006.100}
        }
        """;

    private const string Radford =
        """
        @misc{radford2021learning,
            title = {Learning Transferable Visual Models From Natural Language Supervision},
            author = {Alec Radford and Jong Wook Kim and Chris Hallacy and Aditya Ramesh and Gabriel Goh and Sandhini Agarwal and Girish Sastry and Amanda Askell and Pamela Mishkin and Jack Clark and Gretchen Krueger and Ilya Sutskever},
            year = {2021},
            eprint = {2103.00020},
            archivePrefix = {arXiv},
            primaryClass = {cs.CV}
        }
        """;

    private const string Carlsson =
        """
        @inproceedings{carlsson2021semantic,
            title = {Semantic Re-tuning with Contrastive Tension},
            author = {Fredrik Carlsson and Amaru Cuba Gyllensten and Evangelia Gogoulou and Erik Ylip{\"a}{\"a} Hellqvist and Magnus Sahlgren},
            booktitle = {International Conference on Learning Representations},
            year = {2021},
            url = {https://openreview.net/forum?id=Ov_sMNau-PF}
        }
        """;

    private const string Su =
        """
        @online{kexuefm-8847,
            title = {CoSENT: A more efficient sentence vector scheme than Sentence-BERT},
            author = {Su Jianlin},
            year = {2022},
            month = {Jan},
            url = {https://kexue.fm/archives/8847}
        }
        """;

    private const string Li =
        """
        @misc{li2023angleoptimized,
            title = {AnglE-optimized Text Embeddings},
            author = {Xianming Li and Jing Li},
            year = {2023},
            eprint = {2309.12871},
            archivePrefix = {arXiv},
            primaryClass = {cs.CL}
        }
        """;

    private const string Hinton =
        """
        @misc{hinton2015distilling,
            title = {Distilling the Knowledge in a Neural Network},
            author = {Geoffrey Hinton and Oriol Vinyals and Jeff Dean},
            year = {2015},
            eprint = {1503.02531},
            archivePrefix = {arXiv},
            primaryClass = {stat.ML}
        }
        """;

    private const string Solatorio =
        """
        @misc{solatorio2024gistembed,
            title = {GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding Fine-tuning},
            author = {Aivin V. Solatorio},
            year = {2024},
            eprint = {2402.16829},
            archivePrefix = {arXiv},
            primaryClass = {cs.LG}
        }
        """;

    private const string Gao =
        """
        @misc{gao2021scaling,
            title = {Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup},
            author = {Luyu Gao and Yunyi Zhang and Jiawei Han and Jamie Callan},
            year = {2021},
            eprint = {2101.06983},
            archivePrefix = {arXiv},
            primaryClass = {cs.LG}
        }
        """;

    private const string ReimersMultilingual =
        """
        @inproceedings{reimers-2020-multilingual-sentence-bert,
            title = "Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation",
            author = "Reimers, Nils and Gurevych, Iryna",
            booktitle = "Proceedings of the 2020 Conference on Empirical Methods in Natural Language Processing",
            month = "11",
            year = "2020",
            publisher = "Association for Computational Linguistics",
            url = "https://arxiv.org/abs/2004.09813",
        }
        """;

    private const string Hofstaetter =
        """
        @misc{hofstatter2020improving,
            title = {Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge Distillation},
            author = {Sebastian Hofst{\"a}tter and Sophia Althammer and Michael Schr{\"o}der and Mete Sertkan and Allan Hanbury},
            year = {2020},
            eprint = {2010.02666},
            archivePrefix = {arXiv},
            primaryClass = {cs.IR}
        }
        """;

    private const string Kusupati =
        """
        @misc{kusupati2022matryoshka,
            title = {Matryoshka Representation Learning},
            author = {Aditya Kusupati and Gantavya Bhatt and Aniket Rege and Matthew Wallingford and Aditya Sinha and Vivek Ramanujan and William Howard-Snyder and Kaifeng Chen and Sham Kakade and Prateek Jain and Ali Farhadi},
            year = {2022},
            eprint = {2205.13147},
            archivePrefix = {arXiv},
            primaryClass = {cs.LG}
        }
        """;

    private const string Wieting =
        """
        @inproceedings{wieting-gimpel-2018-paranmt,
            title = "{P}ara{NMT}-50{M}: Pushing the Limits of Paraphrastic Sentence Embeddings with Millions of Machine Translations",
            author = "Wieting, John and Gimpel, Kevin",
            booktitle = "Proceedings of the 56th Annual Meeting of the Association for Computational Linguistics",
            year = "2018",
            url = "https://arxiv.org/abs/1711.05732",
        }
        """;

    private const string WangLambda =
        """
        @inproceedings{wang2018lambdaloss,
            title = {The LambdaLoss Framework for Ranking Metric Optimization},
            author = {Xuanhui Wang and Cheng Li and Nadav Golbandi and Michael Bendersky and Marc Najork},
            booktitle = {Proceedings of the 27th ACM International Conference on Information and Knowledge Management},
            pages = {1313-1322},
            year = {2018},
            doi = {10.1145/3269206.3271784}
        }
        """;

    private const string Cao =
        """
        @inproceedings{cao2007learning,
            title = {Learning to Rank: From Pairwise Approach to Listwise Approach},
            author = {Zhe Cao and Tao Qin and Tie-Yan Liu and Ming-Feng Tsai and Hang Li},
            booktitle = {Proceedings of the 24th International Conference on Machine Learning},
            pages = {129-136},
            year = {2007},
            doi = {10.1145/1273496.1273513}
        }
        """;

    private const string Xia =
        """
        @inproceedings{xia2008listwise,
            title = {Listwise Approach to Learning to Rank: Theory and Algorithm},
            author = {Fen Xia and Tie-Yan Liu and Jue Wang and Wensheng Zhang and Hang Li},
            booktitle = {Proceedings of the 25th International Conference on Machine Learning},
            pages = {1192-1199},
            year = {2008},
            doi = {10.1145/1390156.1390306}
        }
        """;

    private const string Lan =
        """
        @inproceedings{lan2014position,
            title = {Position-Aware ListMLE: A Sequential Learning Process for Ranking},
            author = {Yanyan Lan and Yadong Zhu and Jiafeng Guo and Shuzi Niu and Xueqi Cheng},
            booktitle = {Proceedings of the 30th Conference on Uncertainty in Artificial Intelligence},
            pages = {449-458},
            year = {2014}
        }
        """;

    private const string Burges =
        """
        @inproceedings{burges2005learning,
            title = {Learning to Rank using Gradient Descent},
            author = {Chris Burges and Tal Shaked and Erin Renshaw and Ari Lazier and Matt Deeds and Nicole Hamilton and Greg Hullender},
            booktitle = {Proceedings of the 22nd International Conference on Machine Learning},
            pages = {89-96},
            year = {2005},
            doi = {10.1145/1102351.1102363}
        }
        """;

    private const string Schlatt =
        """
        @misc{schlatt2024rankdistillm,
            title = {Rank-DistiLLM: Closing the Effectiveness Gap Between Cross-Encoders and LLMs for Passage Re-Ranking},
            author = {Ferdinand Schlatt and Maik Fr{\"o}be and Harrisen Scells and Shengyao Zhuang and Bevan Koopman and Guido Zuccon and Benno Stein and Martin Potthast and Matthias Hagen},
            year = {2024},
            eprint = {2405.07920},
            archivePrefix = {arXiv},
            primaryClass = {cs.IR}
        }
        """;

    private static readonly Dictionary<string, string> Papers = new(StringComparer.Ordinal)
    {
        ["ADRMSELoss"] = Schlatt,
        ["AnglELoss"] = Li,
        ["BatchAllTripletLoss"] = Hermans,
        ["BatchHardSoftMarginTripletLoss"] = Hermans,
        ["BatchHardTripletLoss"] = Hermans,
        ["BatchSemiHardTripletLoss"] = Schroff,
        ["CoSENTLoss"] = Su,
        ["ContrastiveLoss"] = Hadsell,
        ["ContrastiveTensionInBatchNegativesLoss"] = Carlsson,
        ["ContrastiveTensionLoss"] = Carlsson,
        ["DistillKLDivLoss"] = Hinton,
        ["GISTEmbedLoss"] = Solatorio,
        ["GradientCache"] = Gao,
        ["LambdaLoss"] = WangLambda,
        ["ListMLELoss"] = Xia,
        ["ListNetLoss"] = Cao,
        ["MSELoss"] = ReimersMultilingual,
        ["MarginMSELoss"] = Hofstaetter,
        ["MatryoshkaLoss"] = Kusupati,
        ["MegaBatchMarginLoss"] = Wieting,
        ["MultipleNegativesRankingLoss"] = Henderson,
        ["MultipleNegativesSymmetricRankingLoss"] = Radford,
        ["OnlineContrastiveLoss"] = Hadsell,
        ["PListMLELoss"] = Lan,
        ["RankNetLoss"] = Burges,
        ["TripletLoss"] = Schroff,
    };

    /// <summary>The papers of losses, each once: that of Sentence-BERT, then in the order of the losses.</summary>
    /// <param name="losses">Type names, also several in one text: <c>MatryoshkaLoss(CoSENTLoss)</c>.</param>
    public static IEnumerable<string> For(IEnumerable<string> losses) => losses
        .SelectMany(LossNames)
        .SelectMany(name => name.StartsWith("Cached", StringComparison.Ordinal) ? [name["Cached".Length..], nameof(GradientCache)] : new[] { name })
        .Select(name => Papers.GetValueOrDefault(name, SentenceBert))
        .Prepend(SentenceBert)
        .Distinct();

    /// <summary>The type names in a text.</summary>
    public static IEnumerable<string> LossNames(string loss) => Identifier().Matches(loss).Select(match => match.Value);

    [GeneratedRegex(@"[\p{L}_]\w*", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();
}
