namespace Semblance.Training;

/// <summary>Provides the publications that several losses cite (<see cref="Objective.Citations"/>), as BibTeX entries.</summary>
internal static class Papers
{
    public const string SentenceBert =
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

    public const string Hinton =
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

    public const string Hermans =
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

    public const string Schroff =
        """
        @inproceedings{schroff2015facenet,
            title = {FaceNet: A Unified Embedding for Face Recognition and Clustering},
            author = {Florian Schroff and Dmitry Kalenichenko and James Philbin},
            booktitle = {Proceedings of the IEEE Conference on Computer Vision and Pattern Recognition},
            year = {2015},
            url = {https://arxiv.org/abs/1503.03832}
        }
        """;

    public const string Henderson =
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

    public const string Hadsell =
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

    public const string Carlsson =
        """
        @inproceedings{carlsson2021semantic,
            title = {Semantic Re-tuning with Contrastive Tension},
            author = {Fredrik Carlsson and Amaru Cuba Gyllensten and Evangelia Gogoulou and Erik Ylip{\"a}{\"a} Hellqvist and Magnus Sahlgren},
            booktitle = {International Conference on Learning Representations},
            year = {2021},
            url = {https://openreview.net/forum?id=Ov_sMNau-PF}
        }
        """;

    public const string Gao =
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

    public const string Hofstaetter =
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

    public const string Oord =
        """
        @misc{oord2018representation,
            title = {Representation Learning with Contrastive Predictive Coding},
            author = {Aaron van den Oord and Yazhe Li and Oriol Vinyals},
            year = {2018},
            eprint = {1807.03748},
            archivePrefix = {arXiv},
            primaryClass = {cs.LG}
        }
        """;

    public const string Passalis =
        """
        @misc{passalis2018learning,
            title = {Learning Deep Representations with Probabilistic Knowledge Transfer},
            author = {Nikolaos Passalis and Anastasios Tefas},
            year = {2018},
            eprint = {1803.10837},
            archivePrefix = {arXiv},
            primaryClass = {cs.LG}
        }
        """;
}
